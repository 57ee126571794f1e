UNWIND $rows AS r
MATCH (d:Document {id: r.id})
WHERE d.content_hash IS NOT NULL
SET d.index = r.index
