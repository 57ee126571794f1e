MATCH (s:Schema) RETURN s.version AS version
