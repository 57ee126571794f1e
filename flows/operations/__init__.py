"""What a Prefect server is to do, and how it stands there."""
