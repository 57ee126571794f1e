// Nodes that would pass for ours, or that let no constraint be made: asked once, while none is ours.
// A source may have any name, so a cursor of anybody's may have the key of one of ours.
UNWIND $rows AS r
MATCH (n)
WHERE r.label IN labels(n) AND n[r.key] IS NOT NULL
WITH r, toString(n[r.key]) AS key, count(*) AS nodes, count(n[r.marker]) AS marked
WHERE nodes > 1 OR marked > 0 OR key CONTAINS ':' OR key = 'factloom'
   OR r.label = 'Cursor'
RETURN r.label AS label, sum(nodes) AS count, min(key) AS example
ORDER BY label
