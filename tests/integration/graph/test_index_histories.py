"""Whatever happens to the entity index, the graph is that of one clean run."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from graph.client import Graph
from graph.reading.snapshot import diff, snapshot
from tests.integration.graph.conftest import EACH_EMPTIES, Database
from tests.integration.graph.knowledge import STEPS, History, Step
from tests.integration.graph.rekeyed import clean, without_former_ids

pytestmark = pytest.mark.integration


WITH_EVERYTHING: list[Step] = [
    ("appear", 1),
    ("appear", 2),
    ("ingest", 0),
    ("judge", 3),
    ("merge", 7),
    ("follow", 0),
    ("ingest some", 2),
    ("vanish", 1),
    ("judge", 5),
    ("merge", 4),
]


def differences(database: Database, graph: Graph, steps: list[Step]) -> list[str]:
    """Return where a graph with a history differs from a clean run, former ids apart."""
    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    history = History(graph)
    history.take(steps)
    lost = [f"lost {id_}" for id_ in sorted(history.seen) if not graph.find(id_)]
    grown = snapshot(graph)
    whole = clean(database, graph, history.known.ids)
    return lost + diff(without_former_ids(whole), without_former_ids(grown))


@pytest.mark.long
@given(steps=STEPS)
@settings(EACH_EMPTIES, max_examples=3)
def test_every_history_of_the_index_ends_like_a_clean_run(
    database: Database, graph: Graph, steps: list[Step]
) -> None:
    assert differences(database, graph, steps) == []


@pytest.mark.long
@given(steps=STEPS)
@settings(EACH_EMPTIES, max_examples=40)
def test_many_histories_of_the_index_end_like_a_clean_run(
    database: Database, graph: Graph, steps: list[Step]
) -> None:
    assert differences(database, graph, steps) == []


def test_a_history_with_everything_ends_like_a_clean_run(database: Database, graph: Graph) -> None:
    assert differences(database, graph, WITH_EVERYTHING) == []
