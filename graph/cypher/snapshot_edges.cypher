MATCH (a)-[e]->(b)
WHERE e.margin IS NOT NULL OR e.spans IS NOT NULL
   OR (type(e) = 'FROM' AND a:Evidence AND a.document = b.id)
RETURN a.id AS head, type(e) AS type, b.id AS tail,
       properties(e) AS props
