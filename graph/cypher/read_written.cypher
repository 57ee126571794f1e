// How documents write some entities, and what those may be that are not linked.
UNWIND $rows AS id
MATCH (e:Entity {id: id})
MATCH (e)-[m:MENTIONED_IN]->(d:Document)
WHERE m.spans IS NOT NULL
RETURN id, collect(DISTINCT m.names) AS names, collect(DISTINCT m.candidate) AS candidates,
       max(m.candidate_confidence) AS confidence
