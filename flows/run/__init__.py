"""What every run has: its record in the graph, limits, signals, progress, an end."""
