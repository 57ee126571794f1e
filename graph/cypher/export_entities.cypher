MATCH (n:Entity) WHERE n.id > $after
RETURN n.id AS key, labels(n) AS labels, properties(n) AS props
ORDER BY key LIMIT $limit
