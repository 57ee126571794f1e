// Only entities that nothing mentions and no edge touches any more.
UNWIND $rows AS id
MATCH (e:Entity {id: id})
WHERE NOT EXISTS { (e)--() }
WITH e, e.id AS entity
DELETE e
RETURN collect(entity) AS keys
