UNWIND $rows AS id
MATCH (d:Document {id: id})
RETURN id, d.digest AS digest
