UNWIND $rows AS id
MATCH (e:Entity {id: id})
WHERE e.folded_name IS NOT NULL
RETURN id, properties(e) AS node
