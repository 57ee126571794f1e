// How much there is, and when it was last written: two equal answers mean that nobody wrote between.
MATCH (n:Document) WITH count(n) AS count, max(n.extracted_at) AS latest
RETURN 'documents' AS what, count, latest
UNION ALL MATCH (n:Correction) WITH count(n) AS count, max(n.at) AS latest
RETURN 'corrections' AS what, count, latest
UNION ALL MATCH (n:Entity) WITH count(n) AS count RETURN 'entities' AS what, count, '' AS latest
UNION ALL MATCH (n:Evidence) WITH count(n) AS count RETURN 'evidence' AS what, count, '' AS latest
