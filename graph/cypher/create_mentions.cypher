UNWIND $rows AS r
MATCH (d:Document {id: r.document})
MATCH (e:Entity {id: r.entity})
CREATE (e)-[m:MENTIONED_IN]->(d)
SET m = r.props
RETURN count(*) AS written
