MATCH (n)
WHERE NOT n:Run AND NOT n:Writer AND NOT n:Cursor AND NOT n:FailedDocument
RETURN labels(n) AS labels, properties(n) AS props
