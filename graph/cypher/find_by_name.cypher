MATCH (e:Entity {id: $name})
RETURN properties(e) AS node, COUNT { (e)-[:MENTIONED_IN]->() } AS documents
UNION
MATCH (e:Entity {folded_name: $folded})
RETURN properties(e) AS node, COUNT { (e)-[:MENTIONED_IN]->() } AS documents
