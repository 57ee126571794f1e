MATCH (c:Correction)
RETURN properties(c) AS correction
ORDER BY c.head, c.relation, c.tail
