"""What the graph remembers beside facts, and who may write, on both servers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.client import Graph
from graph.model.records import (
    CursorState,
    FailedDocument,
    Known,
    SourceState,
    StaleDocument,
)
from graph.model.rows import content_hash
from tests.integration.graph.conftest import Database
from tests.integration.graph.failing import FAILED, LATER, MONDAY, TUESDAY
from tests.unit.graph.extractions import RELATIONS, RUN, extraction

pytestmark = pytest.mark.integration


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
