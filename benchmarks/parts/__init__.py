"""What benchmarks of several questions are made of."""
