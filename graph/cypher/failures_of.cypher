UNWIND $rows AS id
MATCH (f:FailedDocument {id: id})
RETURN properties(f) AS failed
