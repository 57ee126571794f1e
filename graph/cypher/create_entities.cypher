// Both labels at once: ArcadeDB cannot add one later in the same transaction.
UNWIND $rows AS r
CREATE (e:Entity:__LABEL__ {id: r.id})
SET e += r.props
RETURN count(*) AS written
