// A run that still says Running has died, or will find that it lost its place. Where another
// champion writes, edges no longer all count the one that they were settled for.
MATCH (w:Writer {id: 'factloom'})
OPTIONAL MATCH (old:Run {id: w.run, state: 'Running'})
SET old.state = 'Crashed'
WITH w
SET w.run = $id, w.started_at = $props.started_at,
    w.settled_for = CASE w.settled_for WHEN $props.checkpoint THEN w.settled_for ELSE '' END
WITH w
MERGE (r:Run {id: $id})
SET r += $props
