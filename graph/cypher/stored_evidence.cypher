UNWIND $rows AS document
MATCH (v:Evidence {document: document})
WHERE v.edge IS NOT NULL AND v.id IS NOT NULL
RETURN properties(v) AS props
