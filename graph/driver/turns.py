"""Who may write: one transaction at a time, and only of the run that started last.

Every transaction that writes first takes its turn, which changes the one Writer node. Neo4j makes
the others wait for that node; ArcadeDB refuses all but the first of them at the end, and the driver
tries those again. A value that stays the same would not do: ArcadeDB sees no conflict in it.
Either way a run that was thought dead and comes back finds that it has lost its place.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.driver.statements import load_statement
from graph.driver.transaction import Transaction
from graph.errors import GraphRejected, Superseded
from graph.model.records import RunInfo

SCHEMA_VERSION = 3
FOLLOWED_VERSION = 2
"""Version 0.1's, which `Graph.ensure_schema` takes over."""


def check_version(versions: Sequence[int]) -> None:
    """Refuse a graph that was written by another version of the schema.

    Raises:
        GraphRejected: it was; the message names the way out.
    """
    if list(versions) == [FOLLOWED_VERSION]:
        raise GraphRejected(
            f"the graph has schema version {FOLLOWED_VERSION}, version 0.1's: factloom setup takes "
            "it over"
        )
    if list(versions) != [SCHEMA_VERSION]:
        raise GraphRejected(
            f"the graph has schema version {', '.join(map(str, versions))}, this factloom "
            f"writes {SCHEMA_VERSION}: use the factloom that wrote it; or point "
            "FACTLOOM_GRAPH__DATABASE (on one machine FACTLOOM_HOME) at an empty one, where "
            "factloom setup and factloom ingest build the graph anew"
        )


def take_turn(transaction: Transaction, run: RunInfo | None) -> int:
    """Return the number of this turn, once a run is known to have its place; None is a person.

    Before the first run of a graph has started, anybody may write to it.

    Raises:
        Superseded: another run has started since, or the same one was started again.
        GraphRejected: the graph has no schema yet.
    """
    writer = transaction.tx.run(load_statement("take_turn")).single()
    if writer is None:
        raise GraphRejected(
            "the graph has no schema yet, or one of another factloom: run factloom setup"
        )
    check_version([writer["version"]])
    place = (writer["run"], writer["started_at"])
    if run is not None and writer["run"] and place != (run.id, run.started_at):
        raise Superseded(
            f"run {run.id}, started {run.started_at}, lost its place to run {place[0]}, started "
            f"{place[1]}: nothing more of it is stored; what it left, the next ingest brings"
        )
    return int(writer["turn"])
