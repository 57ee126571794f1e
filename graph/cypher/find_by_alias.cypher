// No index holds lists, so this reads every entity: only for names that nothing carries as its own.
MATCH (e:Entity)
WHERE e.folded_name IS NOT NULL
  AND ($name IN e.former_ids
    OR any(alias IN e.aliases WHERE toLower(alias) = toLower($name)))
RETURN properties(e) AS node,
       COUNT { (e)-[m:MENTIONED_IN]->() WHERE m.spans IS NOT NULL } AS documents
