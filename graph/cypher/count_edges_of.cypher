MATCH (e:Entity {id: $id})
MATCH (e)-[r]-(:Entity)
WHERE r.margin IS NOT NULL
WITH DISTINCT r
RETURN count(r) AS edges, sum(CASE r.status WHEN 'possible' THEN 1 ELSE 0 END) AS possible
