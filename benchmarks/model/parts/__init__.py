"""The two sides that are compared."""
