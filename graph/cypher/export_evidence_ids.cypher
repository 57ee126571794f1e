MATCH (n:Evidence)
WHERE n.id > $after AND n.edge IS NOT NULL
RETURN n.id AS id ORDER BY n.id LIMIT $limit
