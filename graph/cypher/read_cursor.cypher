MATCH (c:Cursor {source: $source})
WHERE c.position IS NOT NULL
RETURN c.position AS position, c.config_hash AS config_hash
