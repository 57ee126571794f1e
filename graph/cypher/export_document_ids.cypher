MATCH (n:Document)
WHERE n.id > $after AND n.content_hash IS NOT NULL
RETURN n.id AS id ORDER BY n.id LIMIT $limit
