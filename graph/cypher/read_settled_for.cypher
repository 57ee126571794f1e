MATCH (w:Writer)
RETURN coalesce(w.settled_for, '') AS champion
