MATCH (c:Correction)
WHERE c.verdict IS NOT NULL
RETURN properties(c) AS correction
ORDER BY c.head, c.relation, c.tail
