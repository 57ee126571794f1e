MATCH (s:Schema {id: 'factloom'}) RETURN s.version AS version
