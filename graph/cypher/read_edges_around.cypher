// The best edges of some entities, in either direction: confirmed, then the most probable.
UNWIND $rows AS id
MATCH (e:Entity {id: id})
MATCH (e)-[r]-(:Entity)
WHERE r.margin IS NOT NULL AND ($possible OR r.status <> 'possible')
WITH DISTINCT r
WITH r, CASE r.status WHEN 'confirmed' THEN 0 WHEN 'rejected' THEN 2 ELSE 1 END AS rank
ORDER BY rank, r.probability DESC, startNode(r).id, r.id, endNode(r).id
LIMIT $limit
WITH r, startNode(r) AS h, endNode(r) AS t
RETURN h.id AS head, h.name AS head_name, t.id AS tail, t.name AS tail_name, type(r) AS type,
       properties(r) AS edge
