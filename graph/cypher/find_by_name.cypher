MATCH (e:Entity {id: $name})
WHERE e.folded_name IS NOT NULL
RETURN properties(e) AS node,
       COUNT { (e)-[m:MENTIONED_IN]->() WHERE m.spans IS NOT NULL } AS documents
UNION
MATCH (e:Entity {folded_name: $folded})
WHERE e.id IS NOT NULL
RETURN properties(e) AS node,
       COUNT { (e)-[m:MENTIONED_IN]->() WHERE m.spans IS NOT NULL } AS documents
