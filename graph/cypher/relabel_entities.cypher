// Its key leaves with the old label and returns with the new one: ArcadeDB else finds the entity
// twice. What users tied to it or labelled it with stays.
UNWIND $rows AS r
MATCH (e:Entity {id: r.id})
REMOVE e.id
REMOVE e:Person:Organization:Location:Time:Number:Misc
SET e:__LABEL__
SET e += r.props
SET e.id = r.id
RETURN count(*) AS written
