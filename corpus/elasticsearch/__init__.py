"""Documents from an index of Elasticsearch: only what changed, where that can be known."""
