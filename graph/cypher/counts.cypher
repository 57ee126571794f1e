// Counted before it is named: a constant beside count() would be a grouping key, and nothing no row.
MATCH (n:Document) WITH count(n) AS count RETURN 'documents' AS what, count
UNION ALL MATCH (n:Entity) WITH count(n) AS count RETURN 'entities' AS what, count
UNION ALL MATCH (n:Entity {linked: false}) WITH count(n) AS count RETURN 'nil' AS what, count
UNION ALL MATCH (n:Evidence) WITH count(n) AS count RETURN 'evidence' AS what, count
UNION ALL MATCH (n:FailedDocument) WITH count(n) AS count RETURN 'failed_documents' AS what, count
UNION ALL MATCH (:Entity)-[e]->(:Entity) WITH count(e) AS count RETURN 'edges' AS what, count
