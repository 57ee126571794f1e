MATCH (w:Writer {id: 'factloom'})
SET w.followed_index = $version
