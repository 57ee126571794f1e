"""How Wikidata items become the starter index: their types, names and facts."""
