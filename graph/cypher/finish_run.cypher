// Not where the run was started again since.
MATCH (r:Run {id: $id})
WHERE r.started_at = $started_at
SET r += $props
