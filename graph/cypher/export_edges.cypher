UNWIND $rows AS id
MATCH (h:Entity {id: id})
MATCH (h)-[e]->(t:Entity)
RETURN id AS head, type(e) AS type, t.id AS tail, properties(e) AS props
