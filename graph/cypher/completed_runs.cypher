MATCH (r:Run)
WHERE r.source = $source AND r.checkpoint = $checkpoint AND r.state = 'Completed'
  AND r.id <> $without AND r.config_hash IS NOT NULL
RETURN r.id AS id, r.started_at AS started_at, r.counts AS counts
ORDER BY r.started_at DESC, r.id
LIMIT $limit
