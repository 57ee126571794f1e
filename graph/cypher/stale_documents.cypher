// Cut before the edges are counted, so that an answer costs what it holds.
MATCH (d:Document)
WHERE d.id > $after AND d.id < $before
  AND (d.checkpoint <> $checkpoint OR d.config_hash <> $config_hash)
WITH d ORDER BY d.id LIMIT $limit
RETURN d.id AS id, d.updated_at AS updated_at, COUNT { (d)<-[:FROM]-() } AS edges
ORDER BY id
