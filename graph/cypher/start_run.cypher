MATCH (w:Writer)
SET w.run = $id, w.started_at = $props.started_at
WITH w
MERGE (r:Run {id: $id})
SET r += $props
