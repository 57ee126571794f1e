UNWIND $rows AS r
MATCH (e:Entity {id: r.entity})
MATCH (d:Document {id: r.document})
CREATE (e)-[m:MENTIONED_IN]->(d)
SET m = r.props
RETURN count(*) AS written
