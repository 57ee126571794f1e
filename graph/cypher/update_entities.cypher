UNWIND $rows AS r
MATCH (e:Entity {id: r.id})
SET e += r.props
RETURN count(*) AS written
