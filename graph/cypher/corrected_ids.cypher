// Ends of verdicts that are no entity now: only a confirmed edge keeps its ends.
MATCH (c:Correction)
WHERE c.verdict IS NOT NULL
UNWIND [c.head, c.tail] AS id
WITH DISTINCT id
OPTIONAL MATCH (e:Entity {id: id})
WITH id, e
WHERE e IS NULL
RETURN id
