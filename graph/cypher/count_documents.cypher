MATCH (d:Document)
WHERE d.id > $after AND d.id < $before
RETURN count(d) AS count
