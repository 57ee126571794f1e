UNWIND $rows AS id
MATCH (f:FailedDocument {id: id})
WHERE f.last_tried IS NOT NULL
RETURN properties(f) AS failed
