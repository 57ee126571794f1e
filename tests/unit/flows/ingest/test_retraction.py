"""What a run would retract: put aside in any order, judged once, done whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import RunSettings
from corpus.fields.texts import TextState
from corpus.source import Gone, Page, Record
from extractor.schema import Document
from flows.ingest.planning import plan
from flows.ingest.retraction import (
    BATCH,
    Extent,
    RetractionLimit,
    Retractions,
    extent,
    retraction_limit,
)
from tests.unit.flows.planning import (
    NOW,
    SETTINGS,
    Graph,
    document,
    failure,
    page,
    planned,
    rejected,
    retracted,
)


@pytest.mark.parametrize("again", [document(1), document(1, "Back."), rejected(1)])
def test_what_comes_back_in_the_same_reading_stays(again: Record) -> None:
    pages = [page(Gone(document="tests:1"), position="a"), page(again, position="b")]
    found, going = planned(*pages, graph=Graph(document(1)))
    assert going == {}
    assert [batch.position for batch in found if batch.position] == ["b"]
    assert not any(batch.retracting for batch in found)


@pytest.mark.parametrize("text", ["empty", "missing"])
def test_a_document_that_lost_its_text_is_retracted_and_one_that_never_had_any_is_skipped(
    text: TextState,
) -> None:
    empty = rejected(1, text)
    found, going = planned(page(empty), graph=Graph(document(1)))
    assert going == {"tests:1": "emptied"}
    assert [batch.skipped for batch in found if batch.skipped] == []
    found, going = planned(page(empty))
    assert (going, found[0].skipped) == ({}, (empty,))
    on_its_way = [page(document(1), document(2), document(3)), page(empty)]
    assert list(retracted(*on_its_way, unwritten=2)) == ["tests:1"]


@pytest.mark.parametrize(("text", "forgotten"), [("empty", True), ("missing", False)])
def test_that_a_document_failed_is_forgotten_once_its_text_is_empty(
    text: TextState, forgotten: bool
) -> None:
    graph = Graph(failed=[failure(document(1), 1, NOW)])
    assert bool(retracted(page(rejected(1, text)), graph=graph)) == forgotten


def test_a_malformed_text_takes_the_document_and_stays_a_failure() -> None:
    malformed = rejected(1, "malformed")
    found, going = planned(page(malformed), graph=Graph(document(1)))
    assert going == {"tests:1": "with a malformed text"}
    assert found[0].skipped == (malformed,)
    known_failure = Graph(failed=[failure(document(1), 1, NOW)])
    assert retracted(page(malformed), graph=known_failure) == {}


def test_a_record_whose_text_is_there_takes_nothing() -> None:
    assert retracted(page(rejected(1)), graph=Graph(document(1))) == {}


def test_what_is_put_aside_is_counted_by_reason_and_only_where_the_graph_has_it() -> None:
    with closing(Retractions()) as retractions:
        for number in range(BATCH + 2):
            retractions.add(f"tests:{number}", "emptied")
        retractions.add("tests:1", "marked as deleted")
        retractions.add("tests:only failed", "emptied")
        retractions.cancel("tests:2")
        graph = Graph(*map(document, range(BATCH + 50)))
        found = extent(retractions, cast(Any, graph), "tests")
        assert [len(batch) for batch in retractions.batches()] == [BATCH, 2]
    assert found == Extent(
        source="tests",
        known=BATCH + 50,
        reasons={"emptied": BATCH, "marked as deleted": 1},
    )


@pytest.mark.parametrize(
    ("documents", "known", "refused"),
    [
        (0, 0, False),
        (2, 5, False),
        (3, 3, False),
        (4, 40, False),
        (4, 39, True),
        (10, 100, False),
        (11, 100, True),
        (100, 100, True),
    ],
)
def test_few_documents_or_a_small_share_may_go(documents: int, known: int, refused: bool) -> None:
    found = Extent(source="tests", known=known, reasons={"emptied": documents})
    assert bool(found.refusal(retraction_limit(RunSettings(), None), "ingest")) == refused
    assert found.refusal(retraction_limit(RunSettings(), 1.0), "ingest") == ""


def test_a_refusal_names_how_many_why_and_what_lets_it_pass() -> None:
    reasons = {"marked as deleted": 30, "emptied": 2}
    found = Extent(source="tests", known=60, reasons=reasons)  # type: ignore[arg-type]
    why = found.refusal(RetractionLimit(documents=3, share=0.1), "replay")
    assert "32 of the 60 documents of tests would be (2 emptied, 30 marked as deleted)" in why
    assert "more than 10% of them and more than 3" in why
    assert "factloom replay --max-retracted-share 1.0" in why


EVERYTHING = RetractionLimit(documents=0, share=1.0)
NOTHING = RetractionLimit(documents=0, share=0.0)


class Written(Graph):
    """Has what runs write to it."""

    def ingest(
        self,
        pages: Sequence[Page],
        cursor: int,
        allowed: RetractionLimit,
        *,
        size: int = 2,
        batches: int | None = None,
        limit: int | None = None,
    ) -> int:
        """Read on from the cursor as `flows.ingest.flow` does, and return where it stands then.

        Killed after so many batches, the run has written the last one, but not moved the cursor.
        """
        settings = SETTINGS | {"size": size, "limit": limit}
        with closing(Retractions()) as retractions:
            found = plan(pages[cursor:], cast(Any, self), retractions, **settings)
            for number, batch in enumerate(islice(found, batches), start=1):
                if batch.retracting:
                    if extent(retractions, cast(Any, self), "tests").refusal(allowed, "ingest"):
                        break
                    for some in retractions.batches():
                        self.remove(list(some)[:1] if number == batches else some)
                self.put(batch.documents)
                if batch.position and number != batches:
                    cursor = int(batch.position)
        return cursor


LOST: tuple[TextState, ...] = ("empty", "missing", "malformed")
texts = st.sampled_from(["Ada.", "Ada and Charles."])
records = st.one_of(
    st.builds(document, st.integers(0, 4), texts),
    st.builds(lambda number: Gone(document=f"tests:{number}"), st.integers(0, 4)),
    st.builds(rejected, st.integers(0, 4), st.sampled_from(LOST)),
)
histories = st.lists(st.lists(records, max_size=4), max_size=6).map(
    lambda history: [page(*each, position=str(at)) for at, each in enumerate(history, start=1)]
)
before = st.sets(st.integers(0, 4)).map(lambda numbers: [document(n, "Before.") for n in numbers])


def last_words(pages: Sequence[Page], known: Sequence[Document]) -> dict[str, str]:
    said = {each.id: each.text for each in known}
    for record in (record for each in pages for record in each.records):
        if isinstance(record, Document):
            said[record.id] = record.text
        else:
            said.pop(record.document, None)
    return said


@given(
    pages=histories,
    known=before,
    kills=st.lists(st.integers(1, 6), max_size=4),
    size=st.integers(1, 3),
)
def test_runs_that_are_killed_anywhere_end_with_the_last_word_on_every_document(
    pages: list[Page], known: list[Document], kills: list[int], size: int
) -> None:
    graph, cursor = Written(*known), 0
    for batches in kills:
        cursor = graph.ingest(pages, cursor, EVERYTHING, size=size, batches=batches)
    assert graph.ingest(pages, cursor, EVERYTHING, size=size) == len(pages)
    assert graph.texts() == last_words(pages, known)


@given(pages=histories, known=before, limit=st.integers(1, 9))
def test_a_refused_run_retracts_nothing_writes_the_rest_and_is_made_good_by_one_that_is_allowed(
    pages: list[Page], known: list[Document], limit: int
) -> None:
    graph, said = Written(*known), last_words(pages, known)
    cursor = graph.ingest(pages, graph.ingest(pages, 0, NOTHING, limit=limit), NOTHING)
    texts = graph.texts()
    assert texts.keys() >= {each.id for each in known} | said.keys()
    assert {id_: texts[id_] for id_ in said} == said
    assert graph.ingest(pages, cursor, EVERYTHING) == len(pages)
    assert graph.texts() == said


@given(pages=histories, known=before)
def test_runs_with_a_limit_come_to_the_end(pages: list[Page], known: list[Document]) -> None:
    graph, cursor = Written(*known), 0
    for _ in pages:
        cursor = graph.ingest(pages, cursor, EVERYTHING, limit=4)
    assert cursor == len(pages)
    assert graph.texts() == last_words(pages, known)
