UNWIND $rows AS id
MATCH (d:Document {id: id})
WITH d, d.id AS document
DETACH DELETE d
RETURN collect(document) AS keys
