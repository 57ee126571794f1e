// Version 0.1 knew its one Writer and its one Schema by nothing but their labels. A user's Writer
// has no turn: what 0.1 set on it was null. Its Schema has the version that 0.1 wrote.
MATCH (w:Writer)
WHERE w.id IS NULL AND w.turn IS NOT NULL AND w.run IS NOT NULL AND w.started_at IS NOT NULL
SET w.id = 'factloom'
WITH w
MATCH (s:Schema)
WHERE s.id IS NULL AND s.version = 2
WITH collect(s) AS found
WHERE size(found) = 1
FOREACH (s IN found | SET s.id = 'factloom')
