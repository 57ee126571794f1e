UNWIND $rows AS id
MATCH (e:Entity {id: id})
MATCH (e)-[r]->(o:Entity)
RETURN id AS head, o.id AS tail, type(r) AS type, properties(r) AS props
UNION ALL
UNWIND $rows AS id
MATCH (e:Entity {id: id})
MATCH (e)<-[r]-(o:Entity)
RETURN o.id AS head, id AS tail, type(r) AS type, properties(r) AS props
