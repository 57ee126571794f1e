UNWIND $rows AS r
MATCH (d:Document {id: r.document})
CREATE (v:Evidence)
SET v = r
CREATE (v)-[:FROM]->(d)
RETURN count(*) AS written
