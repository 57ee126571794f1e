"""The nightly flow: pages of a source -> statements in the graph.

The path of a batch:

    flow.py        the night on one screen; redirects.py lets entities follow merged ids first
    retries.py     documents whose turn it is again
    planning.py    pages + what the graph knows -> batches, and a position to store
    ahead.py       batches on their way while the ones before are written
    executor.py    who extracts: this process, or
                   ray.py, actors that hold the model
                   shards.py, other workers: shard.py runs there, exchange.py has the files between
    extraction.py  a batch -> its statements; one bad document alone fails
    writing.py     its statements -> the graph; then the position
    retraction.py  what the source no longer has, once all is read
"""
