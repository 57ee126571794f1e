"""A run that begins, as the graph remembers it."""

from __future__ import annotations

from dataclasses import asdict

from graph.driver.transaction import Transaction
from graph.model.records import Champion, RunInfo
from graph.reading.foreign import refuse_taken


def start(transaction: Transaction, run: RunInfo, champion: Champion) -> None:
    """Remember that a run has begun; from now on no other may write."""
    properties = {**asdict(run), "state": "Running"}
    refuse_taken(transaction, "Run", [run.id])
    transaction.run("start_run", id=run.id, props=properties, assert_above=champion.assert_above)
