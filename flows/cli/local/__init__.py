"""A flow run in this process, with an API of Prefect for it."""
