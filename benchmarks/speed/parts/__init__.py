"""Runs and graphs to measure."""
