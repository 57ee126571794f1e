UNWIND $rows AS id
MATCH (n:Evidence {id: id})
RETURN id, properties(n) AS props
