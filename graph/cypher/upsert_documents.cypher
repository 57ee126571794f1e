UNWIND $rows AS r
MERGE (d:Document {id: r.id})
SET d += r.props
