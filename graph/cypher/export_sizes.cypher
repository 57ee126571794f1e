MATCH (n:Document) WHERE n.content_hash IS NOT NULL WITH count(n) AS count
RETURN 'documents' AS what, count
UNION ALL MATCH (n:Entity) WHERE n.folded_name IS NOT NULL WITH count(n) AS count
RETURN 'entities' AS what, count
UNION ALL MATCH (n:Evidence) WHERE n.edge IS NOT NULL WITH count(n) AS count
RETURN 'evidence' AS what, count
UNION ALL MATCH (n:Correction) WHERE n.verdict IS NOT NULL WITH count(n) AS count
RETURN 'corrections' AS what, count
