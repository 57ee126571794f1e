MATCH (w:Writer)
RETURN coalesce(w.followed_index, '') AS version
