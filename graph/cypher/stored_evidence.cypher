UNWIND $rows AS document
MATCH (v:Evidence {document: document})
RETURN properties(v) AS props
