// The names that come next in the order of the index.
MATCH (e:Entity)
WHERE e.folded_name >= $folded AND e.id IS NOT NULL
WITH e
ORDER BY e.folded_name
LIMIT $limit
RETURN properties(e) AS node,
       COUNT { (e)-[m:MENTIONED_IN]->() WHERE m.spans IS NOT NULL } AS documents
