// The documents that one checkpoint extracted, or all others.
MATCH (d:Document)
WHERE d.content_hash IS NOT NULL AND (d.checkpoint = $checkpoint) = $own
RETURN d.id AS id
