MERGE (s:Schema {id: 'factloom'})
ON CREATE SET s.version = $version
MERGE (w:Writer {id: 'factloom'})
ON CREATE SET w.turn = 0, w.run = '', w.started_at = ''
