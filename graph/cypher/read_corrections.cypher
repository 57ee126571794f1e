UNWIND $rows AS id
MATCH (c:Correction {id: id})
WHERE c.verdict IS NOT NULL
RETURN id, c.verdict AS verdict, c.at AS at
