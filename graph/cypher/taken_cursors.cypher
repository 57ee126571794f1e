// The same for cursors, whose key is another.
UNWIND $rows AS source
MATCH (c:Cursor {source: source})
WHERE c[$marker] IS NULL
RETURN DISTINCT source AS key
