MATCH (d:Document)
WHERE d.content_hash IS NOT NULL
RETURN d.checkpoint AS checkpoint, count(d) AS count
ORDER BY checkpoint
