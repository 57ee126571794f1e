// The same for one entity with more edges than an answer should hold.
MATCH (h:Entity {id: $head})
MATCH (h)-[e]->(t:Entity)
WHERE t.id > $tail OR (t.id = $tail AND e.id > $relation)
RETURN $head AS head, type(e) AS type, t.id AS tail, properties(e) AS props
ORDER BY tail, e.id LIMIT $limit
