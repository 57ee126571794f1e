"""Extracting the batches of a run: here, by Ray actors, or by other Prefect workers.

outcome    what became of a batch, and the one way to extract it, wherever that is
shard      one shard, as a Prefect run of its own                      (task_runner = workers)
shards     a run's shards, handed to such runs over a shared folder
handover   the files that they exchange
ray        actors that hold the model                                   (task_runner = ray)
places     the settings' choice between them
ahead      batches on their way while the ones before are written
"""
