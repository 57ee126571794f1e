MERGE (s:Schema {version: $version})
