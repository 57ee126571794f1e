UNWIND $rows AS id
MATCH (c:Correction {head: id})
WHERE c.verdict IS NOT NULL AND c.id IS NOT NULL
RETURN id AS entity, properties(c) AS correction
UNION ALL
UNWIND $rows AS id
MATCH (c:Correction {tail: id})
WHERE c.verdict IS NOT NULL AND c.id IS NOT NULL
RETURN id AS entity, properties(c) AS correction
