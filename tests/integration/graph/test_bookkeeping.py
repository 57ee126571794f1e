"""What the graph remembers beside facts, and who may write, on both servers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from graph.client import Graph
from graph.errors import GraphRejected, Superseded
from graph.records import (
    CursorState,
    FailedDocument,
    FailureRecord,
    Known,
    SourceState,
    StaleDocument,
)
from graph.rows import content_hash
from graph.runs import SCHEMA_VERSION
from graph.snapshot import diff, snapshot
from tests.integration.graph.conftest import Database
from tests.seeds import seeds
from tests.unit.graph.extractions import RELATIONS, RUN, extraction, random_corpus

pytestmark = pytest.mark.integration

LATER = replace(RUN, id="run-2", started_at="2026-11-24T00:00:00Z")
FAILED = FailureRecord(
    document="tests:1", stage="extract", error="too long", content_hash="abc", index="news-1"
)
MONDAY, TUESDAY = "2026-01-05T00:00:00Z", "2026-01-06T00:00:00Z"


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


def test_known_documents_carry_their_hashes_and_places(graph: Graph) -> None:
    stored = extraction(1)
    stored = replace(stored, document=replace(stored.document, index="news-1"))
    graph.writer(RUN, RELATIONS).upsert([stored])
    expected = Known(
        content_hash=content_hash(stored.document),
        config_hash=RUN.config_hash,
        checkpoint=RUN.checkpoint,
        index="news-1",
    )
    assert graph.known(["tests:1", "tests:2"]) == {"tests:1": expected}

    graph.writer(RUN, RELATIONS).set_index({"tests:1": "news-2", "tests:2": "news-2"})
    assert graph.known(["tests:1", "tests:2"]) == {"tests:1": replace(expected, index="news-2")}


def test_a_cursor_is_moved_and_forgotten(graph: Graph) -> None:
    assert graph.cursor("tests") is None
    for position in ("5", "9"):
        state = CursorState(position=position, config_hash="c")
        graph.writer(RUN, RELATIONS).move_cursor("tests", state)
        assert graph.cursor("tests") == state
    assert graph.cursor("other") is None
    graph.writer(RUN, RELATIONS).forget_cursor("tests")
    assert graph.cursor("tests") is None


def test_failures_count_attempts_until_the_document_is_written(graph: Graph) -> None:
    attempts = []
    for at in (MONDAY, MONDAY, TUESDAY):
        graph.writer(RUN, RELATIONS).record_failures([FAILED], at=at)
        attempts += [failed.attempts for failed in graph.failures("tests")]
    assert attempts == [1, 1, 2]
    graph.writer(LATER, RELATIONS).start_run()  # within the same second
    graph.writer(LATER, RELATIONS).record_failures([replace(FAILED, index="news-2")], at=TUESDAY)
    assert graph.failures("tests")[0].attempts == 3
    expected = FailedDocument(
        id="tests:1",
        stage="extract",
        error="too long",
        attempts=3,
        last_tried=TUESDAY,
        content_hash="abc",
        index="news-2",
        run=LATER.id,
    )
    assert graph.failures_of(["tests:1", "tests:2"]) == {"tests:1": expected}

    graph.writer(LATER, RELATIONS).upsert([extraction(1)])
    assert graph.failures("tests") == []


@pytest.mark.parametrize("kept", [True, False])
def test_a_retracted_document_is_still_a_failure_where_that_is_asked_for(
    graph: Graph, kept: bool
) -> None:
    graph.writer(RUN, RELATIONS).upsert([extraction(1)])
    graph.writer(RUN, RELATIONS).record_failures([FAILED], at=MONDAY)
    graph.writer(RUN, RELATIONS).retract(["tests:1"], keep_failures=kept)
    assert graph.known(["tests:1"]) == {}
    assert bool(graph.failures("tests")) == kept


def test_failures_are_forgotten_and_cannot_fail_themselves(graph: Graph) -> None:
    graph.writer(RUN, RELATIONS).record_failures(
        [replace(FAILED, error="half a pair: \ud800")], at=MONDAY
    )
    assert graph.failures("tests")[0].error == "half a pair: ?"
    graph.writer(RUN, RELATIONS).forget_failures(["tests:1", "tests:2"])
    assert graph.failures("tests") == []


def test_ids_are_walked_in_their_order_source_by_source(graph: Graph) -> None:
    own = ["1", "10", "2", "B", "a", "z/é", "\uff5e", "\U0001f701", "~", "ÿ:x", "-"]
    names = {"tests": own, "test": ["1"], "tests2": ["1"], "tests-": ["1"]}
    template = extraction(1, entities=[], triples=[])
    graph.writer(RUN, RELATIONS).upsert(
        [
            replace(
                template,
                document=replace(template.document, id=f"{source}:{id_}", source=source, index=id_),
            )
            for source, ids in names.items()
            for id_ in ids
        ]
    )
    failed = [replace(FAILED, document=f"{source}:{id_}") for source in names for id_ in own]
    graph.writer(RUN, RELATIONS).record_failures(failed, at=MONDAY)

    walked: list[tuple[str, str]] = []
    while page := graph.document_ids("tests", after=walked[-1][0] if walked else "", limit=3):
        walked += page
    failures: list[str] = []
    while listed := graph.failures("tests", after=failures[-1] if failures else "", limit=3):
        failures += [each.id for each in listed]

    assert sorted(walked) == sorted((f"tests:{id_}", id_) for id_ in own)
    assert sorted(failures) == sorted(f"tests:{id_}" for id_ in own)
    assert graph.documents("tests") == len(own)
    assert graph.documents("none") == 0


def test_each_source_is_known_by_what_was_read_of_it(database: Database, graph: Graph) -> None:
    assert graph.sources() == []
    good, bad = (replace(RUN, id=id_, source="tests") for id_ in ("good", "bad"))
    for run, state in ((good, "Completed"), (bad, "Failed")):
        graph.writer(run, RELATIONS).start_run()
        graph.writer(run, RELATIONS).upsert([extraction(1), extraction(2)])
        graph.writer(run, RELATIONS).move_cursor("tests", CursorState(position="9", config_hash=""))
        graph.writer(run, RELATIONS).finish_run(state=state, counts={})
    only_failed = [replace(FAILED, document=f"other:{number}:x") for number in range(3)]
    graph.writer(bad, RELATIONS).record_failures([FAILED, *only_failed], at=MONDAY)
    [ended] = database.run("MATCH (r:Run {state: 'Completed'}) RETURN r.finished_at AS at")
    assert graph.sources() == [
        SourceState(name="other", failed=3),
        SourceState(
            name="tests", documents=2, failed=1, position="9", ingested_at=str(ended["at"])
        ),
    ]
    assert [graph.count_failures(name) for name in ("tests", "other", "none")] == [1, 3, 0]


def test_documents_are_counted_by_checkpoint(graph: Graph) -> None:
    assert graph.documents_by_checkpoint() == {}
    graph.writer(RUN, RELATIONS).upsert([extraction(1), extraction(2)])
    newer = replace(RUN, checkpoint="champion@2")
    graph.writer(newer, RELATIONS).upsert([extraction(2), extraction(3), extraction(4)])
    assert graph.documents_by_checkpoint() == {"champion@1": 1, "champion@2": 3}


def test_stale_documents_are_listed_with_what_orders_them(graph: Graph) -> None:
    said = [("wikidata:Q1", relation, "wikidata:Q2") for relation in ("P19", "P69")]
    old = [extraction(n, day=n, triples=said[: n % 3]) for n in range(1, 9)]
    graph.writer(RUN, RELATIONS).upsert(old)
    assert list(graph.stale_documents("tests", run=RUN)) == []
    promoted = replace(RUN, checkpoint="champion@2")
    graph.writer(promoted, RELATIONS).upsert(old[:2])

    found = sorted(graph.stale_documents("tests", run=promoted), key=lambda each: each.id)

    assert found == [
        StaleDocument(id=f"tests:{n}", updated_at=f"2026-01-0{n}T12:00:00Z", edges=n % 3)
        for n in range(3, 9)
    ]
    assert list(graph.stale_documents("test", run=promoted)) == []
    configured = replace(promoted, config_hash="another")
    assert len(list(graph.stale_documents("tests", run=configured))) == 8


def test_an_answer_is_streamed_and_may_be_left(database: Database, graph: Graph) -> None:
    database.run(
        "UNWIND range(1, 5000) AS n CREATE (:Document {id: 'tests:' + toString(n), "
        "checkpoint: 'a', content_hash: 'h', config_hash: 'c', updated_at: ''})"
    )
    stream = graph.stale_documents("tests", run=RUN)
    assert next(stream).id.startswith("tests:")
    del stream
    assert len({each.id for each in graph.stale_documents("tests", run=RUN)}) == 5000


def test_a_retracted_document_leaves_no_trace(database: Database, graph: Graph) -> None:
    graph.writer(RUN, RELATIONS).upsert([extraction(2)])
    expected = snapshot(graph)
    entities = ["wikidata:Q1", "wikidata:Q2", "nil:tea"]
    graph.writer(RUN, RELATIONS).upsert([extraction(1, entities=entities, surface=1)])
    graph.writer(RUN, RELATIONS).record_failures([FAILED], at=MONDAY)
    assert graph.traces("tests:1") == {
        "Document": 1,
        "Evidence": 1,
        "MENTIONED_IN": 3,
        "FailedDocument": 1,
    }

    report = graph.writer(RUN, RELATIONS).retract(["tests:1", "tests:9"])

    assert (report.documents_removed, report.entities_removed, report.edges_changed) == (1, 1, 1)
    assert set(graph.traces("tests:1").values()) == {0}
    assert diff(expected, snapshot(graph)) == []


@pytest.mark.parametrize("seed", seeds(1, 2))
def test_retracting_leaves_the_graph_of_a_clean_run(
    database: Database, graph: Graph, seed: int
) -> None:
    corpus = random_corpus(30, seed)
    graph.writer(RUN, RELATIONS).upsert(corpus[:12])
    expected = snapshot(graph)
    graph.writer(RUN, RELATIONS).upsert(corpus[12:])

    gone = [each.document.id for each in corpus[12:]]
    report = graph.writer(RUN, RELATIONS, batch_documents=5).retract(gone)

    assert report.documents_removed == len(gone)
    assert diff(expected, snapshot(graph)) == []
    again = graph.writer(RUN, RELATIONS).retract(gone)
    assert again == type(again)()
