// The documents' own evidence goes; the edges that it supported are recomputed.
UNWIND $rows AS document
MATCH (v:Evidence {document: document})
WITH v, v.edge AS edge
DETACH DELETE v
RETURN collect(DISTINCT edge) AS keys
