UNWIND $rows AS id
MATCH (e:Entity {id: id})
WHERE e.folded_name IS NOT NULL
RETURN properties(e) AS node,
       COUNT { (e)-[m:MENTIONED_IN]->() WHERE m.spans IS NOT NULL } AS documents
