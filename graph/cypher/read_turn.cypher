MATCH (w:Writer) RETURN w.turn AS turn
