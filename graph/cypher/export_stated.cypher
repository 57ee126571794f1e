// What documents say of the pairs of some edges, in the documents that are evidence of them.
UNWIND $rows AS edge
MATCH (v:Evidence {edge: edge})
WHERE v.id IS NOT NULL
MATCH (w:Evidence {document: v.document})
WHERE w.head = v.head AND w.tail = v.tail AND w.edge IS NOT NULL
MATCH (w)-[:FROM]->(d:Document)
WHERE d.id = w.document
RETURN DISTINCT edge, d.id AS document, d.source AS source, w.head AS head,
       w.relation AS relation, w.tail AS tail, w.edge AS said
