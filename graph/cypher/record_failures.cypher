// One attempt counts once, also where it is recorded twice; another content begins anew.
UNWIND $rows AS r
MERGE (f:FailedDocument {id: r.id})
SET f.attempts = CASE
      WHEN f.run = r.run AND f.last_tried = r.at THEN f.attempts
      WHEN f.content_hash <> r.content_hash THEN 1
      ELSE coalesce(f.attempts, 0) + 1 END
SET f.stage = r.stage, f.error = r.error, f.content_hash = r.content_hash, f.index = r.index,
    f.last_tried = r.at, f.run = r.run
