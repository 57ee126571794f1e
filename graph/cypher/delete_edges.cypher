// All are found before the first goes: ArcadeDB else misses some that share an end with it.
UNWIND $rows AS r
MATCH (h:Entity {id: r.head})
MATCH (t:Entity {id: r.tail})
WITH r, h, t
MATCH __HOP__
WHERE e.id = r.relation AND e.margin IS NOT NULL
WITH collect(e) AS edges
UNWIND edges AS e
DELETE e
