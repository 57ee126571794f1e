MATCH (c:Cursor {source: $source})
WHERE c.position IS NOT NULL
WITH c, EXISTS { (c)--() } OR size(labels(c)) > 1 AS held
FOREACH (x IN CASE WHEN held THEN [c] ELSE [] END |
  REMOVE x.source REMOVE x.position REMOVE x.config_hash REMOVE x:Cursor)
FOREACH (x IN CASE WHEN held THEN [] ELSE [c] END | DELETE x)
