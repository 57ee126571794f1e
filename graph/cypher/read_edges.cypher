// Both ends are sought before the edge: a pattern in one piece expands the busier end.
UNWIND $rows AS r
MATCH (h:Entity {id: r.head})
MATCH (t:Entity {id: r.tail})
WITH r, h, t
MATCH __HOP__
WHERE e.id = r.relation AND e.margin IS NOT NULL
RETURN r.edge AS edge, type(e) AS type, properties(e) AS props
