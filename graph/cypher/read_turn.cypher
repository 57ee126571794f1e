MATCH (w:Writer {id: 'factloom'}) RETURN w.turn AS turn
