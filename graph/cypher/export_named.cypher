// Which entities documents name, how and where.
UNWIND $rows AS id
MATCH (d:Document {id: id})
MATCH (d)<-[m:MENTIONED_IN]-(e:Entity)
WHERE m.spans IS NOT NULL
RETURN d.id AS document, d.content_hash AS content_hash, e.id AS entity, e.type AS type,
       m.names AS names, m.spans AS spans
