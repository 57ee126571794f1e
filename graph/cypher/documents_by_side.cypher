// The documents that one checkpoint extracted, or all others.
MATCH (d:Document)
WHERE d.id > $after AND (d.checkpoint = $checkpoint) = $own
RETURN d.id AS id
ORDER BY d.id
LIMIT $limit
