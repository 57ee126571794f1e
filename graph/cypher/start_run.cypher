// A run that still says Running has died, or will find that it lost its place.
MATCH (w:Writer)
OPTIONAL MATCH (old:Run {id: w.run, state: 'Running'})
SET old.state = 'Crashed'
WITH w
SET w.run = $id, w.started_at = $props.started_at
WITH w
MERGE (r:Run {id: $id})
SET r += $props
