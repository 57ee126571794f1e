"""Who may write, and when, on both servers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from graph.client import Graph
from graph.driver.turns import SCHEMA_VERSION
from graph.errors import GraphRejected, Superseded
from graph.model.records import (
    CursorState,
)
from graph.reading.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.integration.graph.failing import FAILED, LATER, MONDAY
from tests.unit.graph.extractions import RELATIONS, RUN, extraction, random_corpus

pytestmark = pytest.mark.integration


def test_another_schema_version_is_refused_with_the_way_out(
    database: Database, graph: Graph
) -> None:
    database.run("MATCH (s:Schema) SET s.version = 1")
    with pytest.raises(GraphRejected, match=r"version 1, .* FACTLOOM_GRAPH__DATABASE"):
        graph.ensure_schema()
    database.run("MATCH (s:Schema) SET s.version = $v", v=SCHEMA_VERSION)
    graph.ensure_schema()


def test_nothing_is_written_without_a_schema(database: Database, graph: Graph) -> None:
    database.run("MATCH (n) DETACH DELETE n")
    with pytest.raises(GraphRejected, match="factloom setup"):
        graph.writer(RUN, RELATIONS).upsert([extraction()])


def test_a_run_that_lost_its_place_writes_nothing_more(graph: Graph) -> None:
    graph.writer(RUN, RELATIONS).start_run()
    graph.writer(RUN, RELATIONS).upsert([extraction(1)])
    graph.writer(LATER, RELATIONS).start_run()
    before = snapshot(graph)

    writes: list[Callable[[], object]] = [
        lambda: graph.writer(RUN, RELATIONS).upsert([extraction(2)]),
        lambda: graph.writer(RUN, RELATIONS).retract(["tests:1"]),
        lambda: graph.writer(RUN, RELATIONS).set_index({"tests:1": "other"}),
        lambda: graph.writer(RUN, RELATIONS).move_cursor(
            "tests", CursorState(position="9", config_hash="")
        ),
        lambda: graph.writer(RUN, RELATIONS).forget_cursor("tests"),
        lambda: graph.writer(RUN, RELATIONS).record_failures([FAILED], at=MONDAY),
        lambda: graph.writer(RUN, RELATIONS).forget_failures(["tests:1"]),
    ]
    for write in writes:
        with pytest.raises(Superseded, match=r"run-1.* lost its place to run run-2"):
            write()

    graph.writer(LATER, RELATIONS).upsert([extraction(1)])
    assert diff(before, snapshot(graph)) == []
    assert graph.cursor("tests") is None
    assert graph.failures("tests") == []


def test_a_run_that_was_started_again_is_another(database: Database, graph: Graph) -> None:
    again = replace(RUN, started_at="2026-11-23T01:00:00Z")
    graph.writer(RUN, RELATIONS).start_run()
    graph.writer(again, RELATIONS).start_run()

    with pytest.raises(Superseded):
        graph.writer(RUN, RELATIONS).upsert([extraction()])
    graph.writer(again, RELATIONS).upsert([extraction()])

    graph.writer(RUN, RELATIONS).finish_run(state="Crashed", counts={})
    assert database.run("MATCH (r:Run) RETURN r.state AS state") == [{"state": "Running"}]
    graph.writer(again, RELATIONS).finish_run(state="Completed", counts={"documents": 1})
    assert database.run("MATCH (r:Run) RETURN r.state AS state, r.counts AS counts") == [
        {"state": "Completed", "counts": '{"documents": 1}'}
    ]


def test_only_completed_runs_of_the_source_and_checkpoint_are_compared(graph: Graph) -> None:
    read = replace(RUN, source="tests")
    for number, changes in enumerate(
        ({}, {}, {"source": "other"}, {"checkpoint": "other@1"}, {}, {}), start=1
    ):
        run = replace(
            read, id=f"run-{number}", started_at=f"2026-11-0{number}T00:00:00Z", **changes
        )
        graph.writer(run, RELATIONS).start_run()
        state = "Failed" if number == 5 else "Completed"
        graph.writer(run, RELATIONS).finish_run(state=state, counts={"processed": number})

    found = graph.completed_runs("tests", RUN.checkpoint)
    assert [(each.id, each.counts) for each in found] == [
        ("run-6", {"processed": 6}),
        ("run-2", {"processed": 2}),
        ("run-1", {"processed": 1}),
    ]
    others = graph.completed_runs("tests", RUN.checkpoint, without="run-6", limit=1)
    assert [each.id for each in others] == ["run-2"]
    assert graph.completed_runs("unknown", RUN.checkpoint) == []


def test_writers_at_once_wait_for_each_other(database: Database, graph: Graph) -> None:
    """Nothing but the turn keeps two from creating the same entities, mentions and edges."""
    corpus = random_corpus(24, 1)
    parts = [corpus[0:8], corpus[8:16], corpus[16:24], corpus[4:20]]

    def write(part: int) -> None:
        with database.connect() as own:
            own.writer(RUN, RELATIONS, batch_documents=4).upsert(parts[part])

    with ThreadPoolExecutor(len(parts)) as threads:
        list(threads.map(write, range(len(parts))))
    together = snapshot(graph)

    database.run("MATCH (n) DETACH DELETE n")
    graph.ensure_schema()
    graph.writer(RUN, RELATIONS).upsert(corpus)
    assert diff(snapshot(graph), together) == []


def test_a_run_that_starts_while_another_writes_ends_it(database: Database, graph: Graph) -> None:
    graph.writer(RUN, RELATIONS).start_run()

    def write_on() -> int:
        for number in range(1, 1000):
            try:
                graph.writer(RUN, RELATIONS).upsert([extraction(number)])
            except Superseded:
                return number
        return 0

    with ThreadPoolExecutor(1) as thread, database.connect() as newer:
        stopped_at = thread.submit(write_on)
        while graph.documents("tests") < 2:
            pass
        newer.writer(LATER, RELATIONS).start_run()
        written = newer.documents("tests")
        assert stopped_at.result() == written + 1
    assert graph.documents("tests") == written
