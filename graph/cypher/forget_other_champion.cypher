MATCH (w:Writer {id: 'factloom'})
WHERE w.settled_for <> $champion
SET w.settled_for = ''
