"""Servers, processes and people that misbehave."""
