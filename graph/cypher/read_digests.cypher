UNWIND $rows AS id
MATCH (d:Document {id: id})
WHERE d.content_hash IS NOT NULL
RETURN id, d.digest AS digest
