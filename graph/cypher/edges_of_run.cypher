// Edges that rest on the evidence of one run alone.
UNWIND $rows AS edge
MATCH (v:Evidence {edge: edge})
WHERE v.id IS NOT NULL
WITH edge, count(v) AS evidence, sum(CASE WHEN v.run = $run THEN 1 ELSE 0 END) AS own
WHERE own = evidence
RETURN edge
