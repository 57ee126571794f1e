MERGE (f:FailedDocument {id: $id})
SET f.stage = $stage, f.error = $error, f.last_tried = $at, f.attempts = coalesce(f.attempts, 0) + 1
