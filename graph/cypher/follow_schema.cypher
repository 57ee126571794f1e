// What edges followed holds no more: this version's edges count the confidence of links, and may be possible.
MATCH (w:Writer {id: 'factloom'})
SET w.settled_for = '', w.settled_above = -1.0
WITH w
MATCH (s:Schema {id: 'factloom'})
SET s.version = $version
