// At most `limit` documents of each edge; those of the edge's own checkpoint come first.
UNWIND $rows AS r
MATCH (v:Evidence {edge: r.edge})
WHERE v.id IS NOT NULL
WITH r, v
ORDER BY CASE v.checkpoint WHEN r.checkpoint THEN 0 ELSE 1 END, v.margin DESC, v.document
WITH r.edge AS edge, collect(v)[..$limit] AS best
UNWIND best AS v
MATCH (v)-[:FROM]->(d:Document)
WHERE d.id = v.document
OPTIONAL MATCH (d)<-[m:MENTIONED_IN]-(e:Entity)
WHERE m.spans IS NOT NULL AND (e.id = v.head OR e.id = v.tail)
RETURN edge, properties(v) AS evidence, d.title AS title, d.url AS url,
       collect({entity: e.id, names: m.names}) AS mentions
