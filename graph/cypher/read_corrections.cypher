UNWIND $rows AS id
MATCH (c:Correction {id: id})
RETURN id, c.verdict AS verdict, c.at AS at
