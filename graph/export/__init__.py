"""The graph as files: CSV, Parquet, labelled documents."""
