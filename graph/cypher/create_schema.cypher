MERGE (s:Schema {version: $version})
MERGE (w:Writer)
ON CREATE SET w.turn = 0, w.run = '', w.started_at = ''
