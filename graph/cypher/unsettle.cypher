MATCH (w:Writer)
WHERE w.settled_for <> $champion
SET w.settled_for = ''
