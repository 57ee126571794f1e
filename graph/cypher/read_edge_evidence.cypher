UNWIND $rows AS edge
MATCH (v:Evidence {edge: edge})
MATCH (v)-[:FROM]->(d:Document)
WHERE d.id = v.document
OPTIONAL MATCH (d)<-[m:MENTIONED_IN]-(e:Entity)
WHERE m.spans IS NOT NULL AND (e.id = v.head OR e.id = v.tail)
RETURN edge, properties(v) AS evidence, d.title AS title, d.url AS url,
       collect({entity: e.id, names: m.names}) AS mentions
