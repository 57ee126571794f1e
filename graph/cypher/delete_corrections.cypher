UNWIND $rows AS id
MATCH (c:Correction {id: id})
WITH c, c.id AS correction
DELETE c
RETURN collect(correction) AS keys
