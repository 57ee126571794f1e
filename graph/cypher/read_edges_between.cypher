UNWIND $rows AS r
MATCH (h:Entity {id: r.head})
MATCH (t:Entity {id: r.tail})
WITH h, t
MATCH (h)-[e]->(t)
WHERE e.margin IS NOT NULL
RETURN h.id AS head, h.name AS head_name, t.id AS tail, t.name AS tail_name, type(e) AS type,
       properties(e) AS edge
