// The names that come last before it in the order of the index.
MATCH (e:Entity)
WHERE e.folded_name < $folded
WITH e
ORDER BY e.folded_name DESC
LIMIT $limit
RETURN properties(e) AS node, COUNT { (e)-[:MENTIONED_IN]->() } AS documents
