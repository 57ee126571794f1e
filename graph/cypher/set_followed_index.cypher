MATCH (w:Writer)
SET w.followed_index = $version
