// Counted before it is named: a constant beside count() would be a grouping key, and nothing no row.
MATCH (n:Document) WHERE n.content_hash IS NOT NULL WITH count(n) AS count
RETURN 'documents' AS what, count
UNION ALL MATCH (n:Entity) WHERE n.folded_name IS NOT NULL WITH count(n) AS count
RETURN 'entities' AS what, count
UNION ALL MATCH (n:Entity {linked: false}) WHERE n.folded_name IS NOT NULL WITH count(n) AS count
RETURN 'nil' AS what, count
UNION ALL MATCH (n:Evidence) WHERE n.edge IS NOT NULL WITH count(n) AS count
RETURN 'evidence' AS what, count
UNION ALL MATCH (n:FailedDocument) WHERE n.last_tried IS NOT NULL WITH count(n) AS count
RETURN 'failed_documents' AS what, count
UNION ALL MATCH (:Entity)-[e]->(:Entity) WHERE e.margin IS NOT NULL WITH count(e) AS count
RETURN 'edges' AS what, count
UNION ALL MATCH (:Entity)-[e]->(:Entity) WHERE e.margin IS NOT NULL AND e.status = 'possible'
WITH count(e) AS count
RETURN 'possible' AS what, count
