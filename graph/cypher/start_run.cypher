// A run that still says Running has died, or will find that it lost its place. Where another
// champion or another setting writes, edges no longer all follow the one that they were settled for.
MATCH (w:Writer {id: 'factloom'})
OPTIONAL MATCH (old:Run {id: w.run, state: 'Running'})
SET old.state = 'Crashed'
WITH w
SET w.run = $id, w.started_at = $props.started_at,
    w.settled_for = CASE w.settled_for WHEN $props.checkpoint THEN w.settled_for ELSE '' END,
    w.settled_above = CASE w.settled_above WHEN $assert_above THEN w.settled_above ELSE -1.0 END
WITH w
MERGE (r:Run {id: $id})
SET r += $props
