MATCH (w:Writer {id: 'factloom'})
SET w.turn = w.turn + 1
WITH w
MATCH (s:Schema {id: 'factloom'})
RETURN w.turn AS turn, w.run AS run, w.started_at AS started_at, s.version AS version
