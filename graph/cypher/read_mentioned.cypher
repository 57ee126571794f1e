// What the documents that still mention an entity say of it.
UNWIND $rows AS id
MATCH (e:Entity {id: id})
MATCH (e)-[m:MENTIONED_IN]->(d:Document)
WHERE m.spans IS NOT NULL
RETURN id,
       max(m.link_confidence) AS link_confidence,
       min(d.updated_at) AS first_seen,
       max(d.updated_at) AS last_seen,
       collect(DISTINCT CASE WHEN e.linked THEN [] ELSE m.names END) AS names
