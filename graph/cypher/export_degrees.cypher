// How many edges begin at each entity, so that no answer is larger than a message should be.
UNWIND $rows AS id
MATCH (h:Entity {id: id})
RETURN id AS head, COUNT { (h)-[e]->(:Entity) WHERE e.margin IS NOT NULL } AS edges
