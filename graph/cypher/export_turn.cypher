// Every transaction that writes takes a turn: two equal answers mean that nobody wrote between.
MATCH (w:Writer) RETURN w.turn AS turn
