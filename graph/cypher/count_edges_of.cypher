MATCH (e:Entity {id: $id})
MATCH (e)-[r]-(:Entity)
WHERE r.margin IS NOT NULL
RETURN count(DISTINCT r) AS edges
