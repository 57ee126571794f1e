UNWIND $rows AS id
MATCH (n:Correction {id: id})
RETURN id, properties(n) AS props
