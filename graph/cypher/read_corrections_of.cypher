UNWIND $rows AS id
MATCH (c:Correction {head: id})
RETURN id AS entity, properties(c) AS correction
UNION ALL
UNWIND $rows AS id
MATCH (c:Correction {tail: id})
RETURN id AS entity, properties(c) AS correction
