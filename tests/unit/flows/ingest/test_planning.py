"""From pages to batches: nothing is lost, and no position is handed on too early."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.source import Gone, Record, Skipped
from extractor.batches import batched
from extractor.schema import Document
from flows.ingest.garbled import MOST_NAMED
from flows.ingest.planning import MAX_PENDING_NON_DOCUMENTS, plan
from flows.ingest.retraction import Retractions
from tests.unit.flows.planning import (
    NOW,
    SETTINGS,
    Graph,
    batches,
    document,
    failure,
    page,
    planned,
    rejected,
    retracted,
    taken,
    unread,
)


def test_another_config_makes_everything_work() -> None:
    assert taken(batches(page(document(1)), graph=Graph(document(1)), config_hash="d")) == [
        "tests:1"
    ]


def test_an_unchanged_document_in_another_index_is_moved() -> None:
    graph = Graph(document(1, index="old"))
    [batch, _] = batches(page(document(1, index="new")), graph=graph)
    assert (batch.moved, batch.documents) == ({"tests:1": "new"}, ())


def test_a_document_that_is_gone_is_retracted_if_the_graph_has_it() -> None:
    gone = [Gone(document="tests:1"), Gone(document="tests:2")]
    assert retracted(page(*gone), graph=Graph(document(1))) == {"tests:1": gone[0].why}


def test_the_last_word_on_a_document_counts() -> None:
    graph = Graph(document(1), document(2))
    deleted, going = planned(
        page(document(1, "Changed.")), page(Gone(document="tests:1")), graph=graph
    )
    assert (taken(deleted), list(going)) == ([], ["tests:1"])
    back, going = planned(page(Gone(document="tests:2"), document(2, "Back.")), graph=graph)
    assert (taken(back), list(going)) == (["tests:2"], [])


def test_an_older_version_in_hand_does_not_outlive_a_newer_word() -> None:
    graph = Graph(document(1))
    back_as_it_was = batches(page(document(1, "Changed.")), page(document(1)), graph=graph)
    assert (taken(back_as_it_was), sum(batch.counts.unchanged for batch in back_as_it_was)) == (
        [],
        1,
    )

    bad = document(2, "Bad.")
    graph = Graph(failed=[failure(bad, 4, "2026-11-25T01:00:00Z")])
    waits = batches(page(document(2, "Older.")), page(bad), graph=graph)
    assert (taken(waits), sum(batch.counts.waiting for batch in waits)) == ([], 1)


def test_what_was_settled_or_moved_is_not_if_it_comes_again_changed() -> None:
    graph = Graph(
        document(1, index="a"), failed=[failure(document(1, "Broken."), 1, "2026-11-25T01:00:00Z")]
    )
    found = batches(page(document(1, index="b"), document(1, "New.", index="c")), graph=graph)
    assert taken(found) == ["tests:1"]
    assert [
        (batch.moved, batch.recovered) for batch in found if batch.moved or batch.recovered
    ] == []


def test_a_record_that_cannot_be_read_takes_back_what_was_settled() -> None:
    good = document(1)
    graph = Graph(good, failed=[failure(document(1, "Broken."), 1, "2026-11-25T01:00:00Z")])
    bad = Skipped(source="s", place="p", document=good.id, reason="r")
    found = batches(page(good, bad), graph=graph)
    assert [batch.recovered for batch in found if batch.recovered] == []
    duplicate = Skipped(source="s", place="p", document=good.id, reason="r", duplicate=True)
    kept = batches(page(good, duplicate), graph=graph)
    assert [batch.recovered for batch in kept if batch.recovered] == [(good.id,)]


def test_a_document_that_failed_waits_for_its_turn_unless_it_changed_or_moved() -> None:
    bad = document(1)
    graph = Graph(failed=[failure(bad, 4, "2026-11-25T01:00:00Z")])
    waits = batches(page(bad), graph=graph)
    assert (taken(waits), sum(batch.counts.waiting for batch in waits)) == ([], 1)
    assert taken(batches(page(document(1, "Mended.")), graph=graph)) == ["tests:1"]
    assert taken(batches(page(document(1, index="new")), graph=graph)) == ["tests:1"]
    assert taken(batches(page(bad), graph=graph, now="2026-11-25T05:00:00Z")) == ["tests:1"]
    assert taken(batches(page(bad), graph=graph, force=True)) == ["tests:1"]


def test_what_is_tried_again_as_it_is_is_told_apart() -> None:
    bad, changed, moved = document(1), document(2), document(3, index="a")
    last = "2026-11-25T01:00:00Z"
    graph = Graph(failed=[failure(each, 1, last) for each in (bad, changed, moved)])
    again = page(bad, document(2, "Changed."), document(3, index="b"), document(4))
    found = batches(again, graph=graph)
    assert taken(found) == ["tests:1", "tests:2", "tests:3", "tests:4"]
    assert [batch.retried for batch in found if batch.documents] == [{"tests:1"}, frozenset()]
    for_good = batches(page(bad), page(document(1, "Changed.")), graph=graph)
    assert [batch.retried for batch in for_good if batch.documents] == [frozenset()]
    asked_for = batches(again, graph=graph, force=True)
    assert [batch.retried for batch in asked_for if batch.documents] == [{"tests:1"}, frozenset()]


def test_a_record_that_could_not_be_read_before_either_is_told_apart() -> None:
    failed = [unread(1), unread(2), unread(3), failure(document(4), 1, "2026-11-25T01:00:00Z")]
    graph = Graph(document(2), failed=failed)
    again = page(rejected(1), rejected(2, "malformed"), rejected(4), rejected(5))
    for force in (False, True):
        assert (
            sum(batch.counts.skipped_again for batch in batches(again, graph=graph, force=force))
            == 2
        )
    duplicate = Skipped(source="s", place="p", document="tests:1", reason="r", duplicate=True)
    no_failures = page(
        duplicate, rejected(3, "empty"), Skipped(source="s", place="p", document="", reason="r")
    )
    assert not any(batch.counts.skipped_again for batch in batches(no_failures, graph=graph))


def test_what_is_gone_is_counted_as_read() -> None:
    graph = Graph(document(2), document(3))
    gone = page(Gone(document="tests:1"), Gone(document="tests:2"), rejected(3, "empty"))
    assert sum(batch.counts.withdrawn for batch in batches(gone, graph=graph)) == 3
    others = page(document(1), rejected(4, "empty"), rejected(2, "malformed"))
    assert not any(batch.counts.withdrawn for batch in batches(others, graph=graph))


def test_a_failure_of_what_the_graph_has_again_as_it_is_is_settled() -> None:
    good = document(1)
    graph = Graph(good, failed=[failure(document(1, "Broken."), 9, NOW)])
    [batch, _] = batches(page(good), graph=graph)
    assert batch.recovered == ("tests:1",)


def test_what_backfill_failed_at_is_not_settled_by_an_ingest_that_leaves_it_as_it_is() -> None:
    old = document(1)
    graph = Graph(old, failed=[failure(old, 2, NOW)])
    under_another = batches(page(old), graph=graph, checkpoint="m@2")
    assert [batch.recovered for batch in under_another if batch.recovered] == []
    assert (taken(under_another), sum(batch.counts.unchanged for batch in under_another)) == ([], 1)
    [taken_back, _] = batches(page(old), graph=graph)
    assert taken_back.recovered == ("tests:1",)
    changed = Graph(old, failed=[failure(document(1, "Broken."), 2, NOW)])
    [restored, _] = batches(page(old), graph=changed, checkpoint="m@2")
    assert restored.recovered == ("tests:1",)


def test_a_limit_cuts_a_page_and_its_position() -> None:
    pages = [
        page(document(1), position="p1"),
        page(document(2), document(3), position="p2"),
        page(document(4), position="p3"),
    ]
    found = batches(*pages, limit=2)
    assert taken(found) == ["tests:1", "tests:2"]
    assert [batch.position for batch in found if batch.position] == ["p1"]


records = st.one_of(
    st.builds(document, st.integers(0, 8)),
    st.builds(lambda number: Gone(document=f"tests:{number}"), st.integers(0, 8)),
    st.builds(rejected, st.integers(0, 8), st.sampled_from(["there", "empty", "malformed"])),
)


@given(
    pages=st.lists(st.lists(records, max_size=6), max_size=6),
    size=st.integers(1, 4),
    known=st.sets(st.integers(0, 8)),
)
def test_a_position_comes_only_when_all_before_it_is_handed_on(
    pages: list[list[Record]], size: int, known: set[int]
) -> None:
    graph: Any = Graph(*map(document, known))
    numbered = [page(*each, position=str(number)) for number, each in enumerate(pages)]
    taken_ids: set[str] = set()
    reached = -1
    with closing(Retractions()) as retractions:
        for batch in plan(numbered, graph, retractions, **SETTINGS | {"size": size}):
            assert len(batch.documents) <= size
            taken_ids |= {each.id for each in batch.documents}
            if batch.position:
                assert batch.retracting or not retractions
                assert int(batch.position) > reached
                reached = int(batch.position)
                for record in (record for each in pages[: reached + 1] for record in each):
                    if isinstance(record, Document) and int(record.id[6:]) not in known:
                        assert record.id in taken_ids or _taken_back(pages, record.id)
    assert reached == len(pages) - 1


def _taken_back(pages: list[list[Record]], document_id: str) -> bool:
    return any(
        isinstance(record, Gone | Skipped) and record.document == document_id
        for each in pages
        for record in each
    )


def german(document: Document) -> str | None:
    return "its language is 'de', not en" if "wurde" in document.text else None


def test_a_document_in_another_language_is_named_and_no_failure() -> None:
    foreign = document(1, "Ada wurde in London geboren.", index="old")
    found = batches(page(foreign, document(2)), left_out=german)
    assert taken(found) == ["tests:2"]
    assert sum(batch.counts.read for batch in found) == 2
    assert [skipped for batch in found for skipped in batch.skipped] == [
        Skipped(
            source="old",
            place="1",
            document="tests:1",
            reason="its language is 'de', not en",
            index="old",
            foreign=True,
        )
    ]
    assert retracted(page(foreign, document(2)), left_out=german) == {}


def test_documents_with_garbled_characters_are_counted_and_the_first_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    garbled = [document(n, "Ada lived in GÃ¶teborg.") for n in range(12)]
    found = batches(page(*garbled, document(12)), size=20)
    assert sum(batch.counts.garbled for batch in found) == 12
    assert "Ã" not in caplog.text
    assert len(taken(found)) == 13
    named = [message for message in caplog.messages if "its characters are garbled" in message]
    assert len(named) == MOST_NAMED
    assert named[0].startswith("tests:0: ")
    assert batches(page(*garbled), graph=Graph(*garbled))[0].counts.garbled == 0


def test_what_is_left_of_a_document_that_changed_its_language_is_retracted() -> None:
    foreign = document(1, "Ada wurde in London geboren.")
    for graph in (Graph(document(1)), Graph(failed=[failure(document(1), 1, NOW)])):
        going = retracted(page(foreign), graph=graph, left_out=german)
        assert going == {"tests:1": "in another language"}
    on_its_way = [page(document(1), document(2), document(3)), page(foreign)]
    assert list(retracted(*on_its_way, left_out=german, unwritten=2)) == ["tests:1"]


def test_an_unchanged_document_is_not_asked_for_its_language() -> None:
    known = document(1, "Ada wurde in London geboren.")
    assert batches(page(known), graph=Graph(known), left_out=german)[0].counts.unchanged == 1


def test_a_batch_does_not_wait_among_any_number_of_documents_that_are_left_out() -> None:
    foreign = (
        document(n, "Ada wurde in London geboren.") for n in range(1, 2 * MAX_PENDING_NON_DOCUMENTS)
    )
    pages = [
        page(document(0)),
        *(page(*some) for some in batched(foreign, MAX_PENDING_NON_DOCUMENTS // 4)),
    ]
    found = batches(*pages, left_out=german)
    assert taken(found) == ["tests:0"]
    assert max(len(batch.skipped) for batch in found) <= MAX_PENDING_NON_DOCUMENTS
    assert sum(len(batch.skipped) for batch in found) == 2 * MAX_PENDING_NON_DOCUMENTS - 1
