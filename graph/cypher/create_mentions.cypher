UNWIND $rows AS r
MATCH (d:Document {id: r.document})
UNWIND r.rows AS own
MATCH (e:Entity {id: own.entity})
CREATE (e)-[m:MENTIONED_IN]->(d)
SET m = own.props
RETURN count(*) AS written
