UNWIND $rows AS id
MATCH (d:Document {id: id})
WHERE d.content_hash IS NOT NULL
RETURN id, d.content_hash AS content_hash, d.config_hash AS config_hash,
       d.checkpoint AS checkpoint, d.index AS index
