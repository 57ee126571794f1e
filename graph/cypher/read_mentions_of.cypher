UNWIND $rows AS id
MATCH (e:Entity {id: id})
MATCH (e)-[m:MENTIONED_IN]->(d:Document)
RETURN id AS entity, d.id AS document, properties(m) AS props
