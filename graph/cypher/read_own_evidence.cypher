UNWIND $rows AS document
MATCH (v:Evidence {document: document})
RETURN v.id AS id, v.edge AS edge
