"""Whatever happened, the graph is that of one clean run over the final documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings

from graph.client import Graph
from graph.model.records import UpsertReport
from graph.reading.snapshot import diff, snapshot
from graph.writing import edges, writer
from tests.integration.graph.conftest import EACH_EMPTIES, Database
from tests.integration.graph.histories import STEPS, History, Step

pytestmark = pytest.mark.integration

WITH_EVERYTHING: list[Step] = [
    ("write all", 1, 6),
    ("retype", 1, 2),
    ("confirm", 1, 3),
    ("reject", 2, 5),
    ("write", 3, 5),
    ("delete", 2, 0),
    ("promote", 1, 0),
    ("extract again", 4, 7),
]
"""A history in which retraction, recomputation and verdicts all matter."""
DIGESTS = "MATCH (d:Document) RETURN d.id AS id, d.digest AS digest"


def differences(
    database: Database,
    graph: Graph,
    steps: list[Step],
    break_it: Callable[[pytest.MonkeyPatch], None] | None = None,
) -> list[str]:
    """Return where a graph with a history differs from one without."""
    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    history = History(graph)
    with pytest.MonkeyPatch.context() as patch:
        if break_it:
            break_it(patch)
        history.take(steps)
    grown, corrections = snapshot(graph), list(graph.corrections())
    digests = database.run(DIGESTS)

    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    history.replay(graph, corrections)
    differing = [str(each) for each in database.run(DIGESTS) if each not in digests]
    return diff(snapshot(graph), grown) + differing


@given(steps=STEPS)
@settings(EACH_EMPTIES, max_examples=5)
def test_every_history_ends_like_a_clean_run(
    database: Database, graph: Graph, steps: list[Step]
) -> None:
    assert differences(database, graph, steps) == []


@pytest.mark.long
@given(steps=STEPS)
@settings(EACH_EMPTIES, max_examples=60)
def test_many_histories_end_like_a_clean_run(
    database: Database, graph: Graph, steps: list[Step]
) -> None:
    assert differences(database, graph, steps) == []


def test_a_history_with_everything_ends_like_a_clean_run(database: Database, graph: Graph) -> None:
    assert differences(database, graph, WITH_EVERYTHING) == []


def retract_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(writer, "retract_documents", lambda *_, **__: UpsertReport())


def leave_edges_as_they_are(patch: pytest.MonkeyPatch) -> None:
    seek = edges._seek

    def read_only(transaction: Any, name: str, rows: Any) -> list[dict[str, Any]]:
        return seek(transaction, name, rows) if name == "read_edges" else []

    patch.setattr(edges, "_seek", read_only)


def forget_verdicts(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(edges, "verdicts_on", lambda *_: {})


@pytest.mark.parametrize("break_it", [retract_nothing, leave_edges_as_they_are, forget_verdicts])
def test_without_one_of_its_parts_the_graph_drifts(
    database: Database, graph: Graph, break_it: Callable[[pytest.MonkeyPatch], None]
) -> None:
    assert differences(database, graph, WITH_EVERYTHING, break_it) != []
