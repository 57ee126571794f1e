// The same for one entity with more edges than an answer should hold.
MATCH (h:Entity {id: $head})
MATCH (h)-[e]->(t:Entity)
WHERE e.margin IS NOT NULL AND (t.id > $tail OR (t.id = $tail AND e.id > $relation))
WITH e, t.id AS tail ORDER BY tail, e.id LIMIT $limit
RETURN $head AS head, type(e) AS type, tail, properties(e) AS props
