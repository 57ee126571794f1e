MATCH (c:Cursor) WHERE c.position IS NOT NULL
RETURN c.source AS source, 'position' AS what, c.position AS value
UNION ALL MATCH (r:Run {flow: 'ingest', state: 'Completed'})
WHERE r.config_hash IS NOT NULL AND r.source IS NOT NULL
RETURN r.source AS source, 'ingested_at' AS what, max(r.finished_at) AS value
