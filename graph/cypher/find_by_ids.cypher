UNWIND $rows AS id
MATCH (e:Entity {id: id})
RETURN properties(e) AS node, COUNT { (e)-[:MENTIONED_IN]->() } AS documents
