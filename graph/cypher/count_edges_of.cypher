MATCH (e:Entity {id: $id})
MATCH (e)-[r]-(:Entity)
RETURN count(DISTINCT r) AS edges
