UNWIND $rows AS r
MATCH (v:Evidence {id: r.id})
SET v += r
RETURN count(*) AS written
