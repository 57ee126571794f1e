UNWIND $rows AS document
MATCH (v:Evidence {document: document})
WHERE v.edge IS NOT NULL AND v.id IS NOT NULL AND v.link_confidence IS NULL
RETURN v.id AS id, v.document AS document, v.head AS head, v.tail AS tail
