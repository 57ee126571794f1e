// The names that come next in the order of the index.
MATCH (e:Entity)
WHERE e.folded_name >= $folded
WITH e
ORDER BY e.folded_name
LIMIT $limit
RETURN properties(e) AS node, COUNT { (e)-[:MENTIONED_IN]->() } AS documents
