"""How the graph changes: documents, corrections, ids, the champion."""
