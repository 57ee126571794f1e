// In no order: ArcadeDB would sort all of them for each page.
MATCH (d:Document)
WHERE d.id > $after AND d.id < $before AND d.content_hash IS NOT NULL
  AND (d.checkpoint <> $checkpoint OR d.config_hash <> $config_hash)
RETURN d.id AS id, d.updated_at AS updated_at, COUNT { (d)<-[:FROM]-(:Evidence) } AS edges
