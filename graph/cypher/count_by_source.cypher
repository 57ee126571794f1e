MATCH (n:Document) WHERE n.content_hash IS NOT NULL
RETURN n.source AS source, 'documents' AS what, count(n) AS count
UNION ALL MATCH (n:FailedDocument) WHERE n.last_tried IS NOT NULL
RETURN split(n.id, ':')[0] AS source, 'failed' AS what, count(n) AS count
