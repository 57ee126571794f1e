"""What is asked of the graph: documents, entities, edges, runs."""
