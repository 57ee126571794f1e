UNWIND $rows AS edge
MATCH (v:Evidence {edge: edge})
MATCH (v)-[:FROM]->(d:Document)
WHERE d.id = v.document
RETURN edge, v.margin AS margin, v.probability AS probability, v.text AS text,
       coalesce(v.link_confidence, 1.0) AS link_confidence,
       coalesce(v.contradicts, '') AS contradicts, v.checkpoint AS checkpoint, d.id AS document,
       d.updated_at AS updated_at,
       d.extracted_at AS extracted_at
