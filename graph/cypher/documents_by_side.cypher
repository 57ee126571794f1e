// The documents that one checkpoint extracted, or all others.
MATCH (d:Document)
WHERE (d.checkpoint = $checkpoint) = $own
RETURN d.id AS id
