MATCH (c:Cursor {source: $source})
DELETE c
