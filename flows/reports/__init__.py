"""What came of a run: counts, edges, drift, tables at Prefect."""
