MATCH (c:Cursor {source: $source})
RETURN c.position AS position, c.config_hash AS config_hash
