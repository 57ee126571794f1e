"""How sure, and which sentences say so: thresholds, probabilities, evidence, and their measures.

All of it is numpy on arrays of margins; nothing here knows the model.
"""
