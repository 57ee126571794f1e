MATCH (w:Writer {id: 'factloom'})
RETURN coalesce(w.followed_index, '') AS version
