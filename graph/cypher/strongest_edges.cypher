// The edges that a run's evidence supports.
MATCH (v:Evidence {run: $run})
WITH DISTINCT v.head AS head, v.relation AS relation, v.tail AS tail
MATCH (h:Entity {id: head})
MATCH (t:Entity {id: tail})
WITH h, t, relation
MATCH (h)-[e]->(t)
WHERE e.id = relation AND e.status <> 'rejected'
RETURN h.id AS head, relation, t.id AS tail
ORDER BY e.margin DESC, head, relation, tail
LIMIT $limit
