MATCH (d:Document)
WHERE d.id > $after AND d.id < $before AND d.content_hash IS NOT NULL
RETURN count(d) AS count
