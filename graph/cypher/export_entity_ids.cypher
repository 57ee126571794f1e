MATCH (n:Entity)
WHERE n.id > $after AND n.folded_name IS NOT NULL
RETURN n.id AS id ORDER BY n.id LIMIT $limit
