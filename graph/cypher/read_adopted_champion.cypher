MATCH (w:Writer {id: 'factloom'})
RETURN coalesce(w.settled_for, '') AS champion
