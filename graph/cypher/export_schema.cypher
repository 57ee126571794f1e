MATCH (s:Schema {id: 'factloom'}) RETURN s.id AS id, s.version AS version
