// In no order: ArcadeDB would sort all of them for each page.
MATCH (e:Entity {linked: true})
RETURN e.id AS id
