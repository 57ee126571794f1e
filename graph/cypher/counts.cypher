MATCH (n:Document) RETURN 'documents' AS what, count(n) AS count
UNION ALL MATCH (n:Entity) RETURN 'entities' AS what, count(n) AS count
UNION ALL MATCH (n:Entity {linked: false}) RETURN 'nil' AS what, count(n) AS count
UNION ALL MATCH (n:Evidence) RETURN 'evidence' AS what, count(n) AS count
UNION ALL MATCH (n:FailedDocument) RETURN 'failed_documents' AS what, count(n) AS count
UNION ALL MATCH (:Entity)-[e]->(:Entity) RETURN 'edges' AS what, count(e) AS count
