// A node that a user labelled or tied to something stays, without what is ours: its key leaves
// first, as ArcadeDB else finds the node twice while its labels change.
UNWIND $rows AS id
MATCH (n:__LABEL__ {id: id})
WHERE n[$marker] IS NOT NULL
OPTIONAL MATCH (n)-[own:FROM]->(d:Document)
WHERE n:Evidence AND d.id = n.document
DELETE own
WITH DISTINCT id, n
WITH id, n, EXISTS { (n)--() } OR size(labels(n)) > 1 AS held
FOREACH (x IN CASE WHEN held THEN [n] ELSE [] END |
  REMOVE x.id REMOVE x:__LABEL__ SET x += $without)
FOREACH (x IN CASE WHEN held THEN [] ELSE [n] END | DELETE x)
RETURN collect(id) AS keys
