// No index holds lists, so this reads every entity: only for names that nothing carries as its own.
MATCH (e:Entity)
WHERE $name IN e.former_ids OR any(alias IN e.aliases WHERE toLower(alias) = toLower($name))
RETURN properties(e) AS node, COUNT { (e)-[:MENTIONED_IN]->() } AS documents
