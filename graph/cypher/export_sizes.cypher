MATCH (n:Document) WITH count(n) AS count RETURN 'documents' AS what, count
UNION ALL MATCH (n:Entity) WITH count(n) AS count RETURN 'entities' AS what, count
UNION ALL MATCH (n:Evidence) WITH count(n) AS count RETURN 'evidence' AS what, count
UNION ALL MATCH (n:Correction) WITH count(n) AS count RETURN 'corrections' AS what, count
