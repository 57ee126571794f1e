UNWIND $rows AS id
MATCH (h:Entity {id: id})
MATCH (h)-[e]->(t:Entity)
WHERE e.margin IS NOT NULL
RETURN id AS head, type(e) AS type, t.id AS tail, properties(e) AS props
