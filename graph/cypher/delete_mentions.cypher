// The documents' own mentions go; the entities that they named are recomputed.
UNWIND $rows AS document
MATCH (d:Document {id: document})<-[m:MENTIONED_IN]-(e:Entity)
WHERE m.spans IS NOT NULL
WITH document, d.content_hash AS content_hash, m, e.id AS entity, m.spans AS spans
DELETE m
RETURN document, content_hash, collect({entity: entity, spans: spans}) AS mentions
