// In no order: ArcadeDB would sort all of them for each page.
MATCH (e:Entity {linked: true})
WHERE e.folded_name IS NOT NULL AND e.id IS NOT NULL
RETURN e.id AS id
