MATCH (w:Writer {id: 'factloom'})
WHERE w.settled_for <> $champion OR w.settled_above <> $assert_above
SET w.settled_for = CASE w.settled_for WHEN $champion THEN w.settled_for ELSE '' END,
    w.settled_above = CASE w.settled_above WHEN $assert_above THEN w.settled_above ELSE -1.0 END
