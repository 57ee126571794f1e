MATCH (n:Document) WHERE n.id > $after
RETURN n.id AS key, properties(n) AS props
ORDER BY key LIMIT $limit
