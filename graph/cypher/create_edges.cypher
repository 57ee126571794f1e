UNWIND $rows AS r
MATCH (h:Entity {id: r.head})
MATCH (t:Entity {id: r.tail})
CREATE (h)-[e:__TYPE__]->(t)
SET e = r.props
RETURN count(*) AS written
