// The documents' own mentions go; the entities that they named are recomputed.
UNWIND $rows AS document
MATCH (:Document {id: document})<-[m:MENTIONED_IN]-(e:Entity)
WITH m, e.id AS entity
DELETE m
RETURN collect(DISTINCT entity) AS keys
