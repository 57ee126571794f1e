UNWIND $rows AS id
MATCH (d:Document {id: id})
RETURN id, d.content_hash AS content_hash, d.config_hash AS config_hash,
       d.checkpoint AS checkpoint, d.index AS index
