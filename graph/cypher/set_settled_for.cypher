MATCH (w:Writer)
SET w.settled_for = $champion
