MATCH (w:Writer {id: 'factloom'})
SET w += $adopted
