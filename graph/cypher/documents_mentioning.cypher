MATCH (e:Entity {id: $id})
MATCH (e)-[m:MENTIONED_IN]->(d:Document)
WHERE m.spans IS NOT NULL
RETURN d.id AS id
LIMIT $limit
