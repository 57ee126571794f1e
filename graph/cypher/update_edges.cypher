UNWIND $rows AS r
MATCH (h:Entity {id: r.head})
MATCH (t:Entity {id: r.tail})
WITH r, h, t
MATCH __HOP__
WHERE e.id = r.relation AND e.margin IS NOT NULL
SET e += r.props
