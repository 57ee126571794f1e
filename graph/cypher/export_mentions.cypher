UNWIND $rows AS id
MATCH (d:Document {id: id})
MATCH (d)<-[m:MENTIONED_IN]-(e:Entity)
WHERE m.spans IS NOT NULL
RETURN e.id AS entity, id AS document, properties(m) AS props
