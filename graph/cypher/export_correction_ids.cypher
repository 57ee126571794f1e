MATCH (n:Correction)
WHERE n.id > $after AND n.verdict IS NOT NULL
RETURN n.id AS id ORDER BY n.id LIMIT $limit
