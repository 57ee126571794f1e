UNWIND $rows AS id
MATCH (n:Document {id: id})
RETURN id, properties(n) AS props
