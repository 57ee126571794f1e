MATCH (f:FailedDocument)
WHERE f.id > $after AND f.id < $before AND f.last_tried IS NOT NULL
RETURN count(f) AS count
