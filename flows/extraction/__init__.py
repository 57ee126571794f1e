"""Extracting the batches of a run: here, by Ray actors, or by other Prefect workers.

extraction  the one way to extract documents, wherever that is
shard       one shard, as a Prefect run of its own                     (task_runner = workers)
shards      a run's shards, handed to such runs over a shared folder
exchange    the files by which they travel
ray         actors that hold the model                                  (task_runner = ray)
executor    the settings' choice between them
ahead       batches on their way while the ones before are written
"""
