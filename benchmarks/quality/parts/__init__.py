"""Scores, baselines and noise."""
