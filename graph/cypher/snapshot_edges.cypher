MATCH (a)-[e]->(b)
RETURN a.id AS head, type(e) AS type, b.id AS tail,
       properties(e) AS props
