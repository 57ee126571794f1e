MATCH (n)
WHERE (n:Entity AND n.folded_name IS NOT NULL) OR (n:Document AND n.content_hash IS NOT NULL)
   OR (n:Evidence AND n.edge IS NOT NULL) OR (n:Correction AND n.verdict IS NOT NULL)
   OR (n:Schema AND n.id = 'factloom')
RETURN labels(n) AS labels, properties(n) AS props
