UNWIND $rows AS r
MATCH (h:Entity {id: r.head})
MATCH (t:Entity {id: r.tail})
WITH r, h, t
MATCH __HOP__
WHERE e.id = r.relation
SET e += r.props
