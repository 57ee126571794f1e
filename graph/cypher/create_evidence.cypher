UNWIND $rows AS r
MATCH (d:Document {id: r.document})
UNWIND r.rows AS own
CREATE (v:Evidence)
SET v = own
CREATE (v)-[:FROM]->(d)
RETURN count(*) AS written
