"""What the graph holds: its records, the rows of a document, an edge from its evidence. Pure."""
