"""People's verdicts on edges: one, or a table of them."""
