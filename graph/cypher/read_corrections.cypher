UNWIND $rows AS r
MATCH (c:Correction {head: r.head})
WHERE c.relation = r.relation AND c.tail = r.tail
RETURN r.edge AS edge, c.verdict AS verdict, c.at AS at, c.id AS id
