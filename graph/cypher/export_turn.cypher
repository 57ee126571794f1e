// Every transaction that writes takes a turn: two equal answers mean that nobody wrote between.
MATCH (w:Writer {id: 'factloom'}) RETURN w.turn AS turn
