MATCH (f:FailedDocument)
WHERE f.id > $after AND f.id < $before
RETURN properties(f) AS failed
ORDER BY f.id
LIMIT $limit
