// Nobody's setting is below 0.
MATCH (w:Writer {id: 'factloom'})
RETURN coalesce(w.settled_for, '') AS champion, coalesce(w.settled_above, -1.0) AS assert_above
