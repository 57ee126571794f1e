MATCH (f:FailedDocument)
WHERE f.id > $after AND f.id < $before AND f.last_tried IS NOT NULL
RETURN properties(f) AS failed
ORDER BY f.id
LIMIT $limit
