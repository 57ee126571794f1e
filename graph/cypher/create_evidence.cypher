// A row for each evidence: ArcadeDB holds all rows until the first is created, each with all that
// it carries, so a group of rows would be held once for each of its members.
UNWIND $rows AS r
MATCH (d:Document {id: r.document})
CREATE (v:Evidence)
SET v = r
CREATE (v)-[:FROM]->(d)
RETURN count(*) AS written
