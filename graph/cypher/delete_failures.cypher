UNWIND $rows AS id
MATCH (f:FailedDocument {id: id})
DELETE f
