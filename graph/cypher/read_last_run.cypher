MATCH (r:Run {flow: $flow, state: 'Completed'})
WHERE r.config_hash IS NOT NULL
RETURN r.id AS id, r.checkpoint AS checkpoint, r.finished_at AS finished_at
ORDER BY r.finished_at DESC
LIMIT 1
