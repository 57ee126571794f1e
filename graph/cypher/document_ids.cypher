MATCH (d:Document)
WHERE d.id > $after AND d.id < $before AND d.content_hash IS NOT NULL
RETURN d.id AS id, d.index AS index
ORDER BY d.id
LIMIT $limit
