MATCH (d:Document)
RETURN d.checkpoint AS checkpoint, count(d) AS count
ORDER BY checkpoint
