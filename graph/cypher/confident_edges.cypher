// The edges of some heads that nobody corrected and that are at least so probable.
UNWIND $rows AS id
MATCH (h:Entity {id: id})
MATCH (h)-[e]->(t:Entity)
WHERE e.margin IS NOT NULL AND e.status = 'asserted' AND e.probability >= $least
RETURN id AS head, e.id AS relation, t.id AS tail
