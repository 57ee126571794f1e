"""Extracting again what an older checkpoint extracted, most urgent documents first."""
