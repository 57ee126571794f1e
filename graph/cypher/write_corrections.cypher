UNWIND $rows AS r
MERGE (c:Correction {id: r.id})
SET c += r
