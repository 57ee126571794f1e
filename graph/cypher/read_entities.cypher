UNWIND $rows AS id
MATCH (e:Entity {id: id})
RETURN id, properties(e) AS node
