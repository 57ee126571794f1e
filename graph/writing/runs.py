"""A run that begins, as the graph remembers it."""

from __future__ import annotations

from graph.driver.transaction import Transaction
from graph.model.records import RunInfo
from graph.reading.foreign import refuse_taken


def start(transaction: Transaction, run: RunInfo) -> None:
    """Remember that a run has begun; from now on no other may write."""
    properties = {
        "flow": run.flow,
        "checkpoint": run.checkpoint,
        "config_hash": run.config_hash,
        "git_sha": run.git_sha,
        "source": run.source,
        "started_at": run.started_at,
        "state": "Running",
    }
    refuse_taken(transaction, "Run", [run.id])
    transaction.run("start_run", id=run.id, props=properties)
