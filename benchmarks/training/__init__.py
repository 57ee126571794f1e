"""What do corrections and retraining bring? Also makes what is released."""
