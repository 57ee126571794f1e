MERGE (c:Cursor {source: $source})
SET c.position = $position, c.config_hash = $config_hash
