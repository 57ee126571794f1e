UNWIND $rows AS id
MATCH (v:Evidence {id: id})
DETACH DELETE v
