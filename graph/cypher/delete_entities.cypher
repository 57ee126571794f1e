// Only entities that nothing mentions and no edge touches any more; else as in delete_nodes. A
// label of ours is no user's, also where he set it.
UNWIND $rows AS id
MATCH (n:Entity {id: id})
WHERE n.folded_name IS NOT NULL
  AND NOT EXISTS { (n)-[e]-() WHERE e.margin IS NOT NULL OR e.spans IS NOT NULL }
WITH id, n, EXISTS { (n)--() } OR size([label IN labels(n) WHERE NOT label IN
  ['Entity', 'Person', 'Organization', 'Location', 'Time', 'Number', 'Misc']]) > 0 AS held
FOREACH (x IN CASE WHEN held THEN [n] ELSE [] END |
  REMOVE x.id
  REMOVE x:Entity:Person:Organization:Location:Time:Number:Misc
  SET x += $without)
FOREACH (x IN CASE WHEN held THEN [] ELSE [n] END | DELETE x)
RETURN collect(id) AS keys
