MATCH (e:Entity {id: $id})
MATCH (e)-[:MENTIONED_IN]->(d:Document)
RETURN d.id AS id
LIMIT $limit
