// Counted before it is named: a constant beside count() would be a grouping key, and nothing no row.
MATCH (n:Document {id: $id}) WITH count(n) AS count RETURN 'Document' AS what, count
UNION ALL MATCH (n:Evidence {document: $id}) WHERE n.edge IS NOT NULL WITH count(n) AS count
RETURN 'Evidence' AS what, count
UNION ALL MATCH (:Document {id: $id})<-[m:MENTIONED_IN]-(:Entity)
WHERE m.spans IS NOT NULL WITH count(m) AS count
RETURN 'MENTIONED_IN' AS what, count
UNION ALL MATCH (n:FailedDocument {id: $id}) WITH count(n) AS count
RETURN 'FailedDocument' AS what, count
