"""Batches on their way while others are written: in order, no more than asked, nothing lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.records import Gone, Page, Record
from extractor.schema import Document, Extraction
from flows.errors import ExtractedElsewise
from flows.extraction.ahead import Wait, extracted_ahead
from flows.extraction.outcome import Outcome
from flows.extraction.places import Place
from flows.logs import WithIds, batch_of
from flows.retraction import Retractions
from flows.work import Work, plan
from graph.records import FailedDocument, Known, RunInfo
from graph.rows import content_hash

RUN = RunInfo(id="r", flow="ingest", checkpoint="c@1", config_hash="c", git_sha="", started_at="")


def outcome(documents: Sequence[Document]) -> Outcome:
    return Outcome(
        extractions=tuple(
            Extraction(document=each, entities=(), statements=()) for each in documents
        ),
        failures=(),
        seconds={},
        checkpoint=RUN.checkpoint,
        config_hash=RUN.config_hash,
    )


def place(parallel: int = 1, stop: Callable[[], None] = lambda: None) -> Place:
    return Place(extract=outcome, parallel=parallel, documents=2, stop=stop)


def submit(documents: tuple[Document, ...]) -> Wait:
    return lambda seconds: outcome(documents)


def document(number: int, text: str = "Ada.") -> Document:
    return Document(id=f"tests:{number}", source="tests", title="", text=text, updated_at="")


class Graph:
    """Has what was written to it, and knows of nothing that is still on its way."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}

    def known(self, ids: Sequence[str]) -> Mapping[str, Known]:
        return {
            id_: Known(
                content_hash=content_hash(self.documents[id_]),
                config_hash="c",
                checkpoint="m@1",
                index="",
            )
            for id_ in ids
            if id_ in self.documents
        }

    def failures_of(self, ids: Sequence[str]) -> Mapping[str, FailedDocument]:
        return {}

    def write(self, work: Work, found: Outcome | None, retractions: Retractions) -> None:
        for each in found.extractions if found else ():
            self.documents[each.document.id] = each.document
        for id_ in chain.from_iterable(retractions.batches()) if work.retracting else ():
            self.documents.pop(id_, None)


records = st.one_of(
    st.builds(document, st.integers(0, 3), st.sampled_from(["Ada.", "Ada and Charles."])),
    st.builds(lambda number: Gone(document=f"tests:{number}"), st.integers(0, 3)),
)


@given(pages=st.lists(st.lists(records, max_size=4), max_size=8), parallel=st.integers(1, 3))
def test_the_last_word_on_a_document_counts_also_where_an_older_one_is_on_its_way(
    pages: list[list[Record]], parallel: int
) -> None:
    graph, where = Graph(), place(parallel)
    with closing(Retractions()) as retractions:
        works = plan(
            [Page(records=tuple(each), position="") for each in pages],
            graph,
            retractions,
            config_hash="c",
            checkpoint="m@1",
            now="",
            size=where.documents,
            unwritten=where.ahead - 1,
        )
        for batch in extracted_ahead(works, where, submit, RUN):
            assert batch is not None
            graph.write(batch.work, batch.outcome, retractions)
    said: dict[str, Document] = {}
    for record in (record for each in pages for record in each):
        if isinstance(record, Document):
            said[record.id] = record
        elif isinstance(record, Gone):
            said.pop(record.document, None)
    assert graph.documents == said


@pytest.mark.parametrize("parallel", [1, 3])
def test_batches_come_in_their_order_and_no_more_are_in_hand_than_asked(parallel: int) -> None:
    where = place(parallel)
    given = [Work(documents=(document(number),)) for number in range(9)]
    begun: list[str] = []

    def counting(documents: tuple[Document, ...]) -> Wait:
        begun.append(documents[0].id)
        return submit(documents)

    done = 0
    for batch in extracted_ahead(iter(given), where, counting, RUN):
        assert batch is not None
        assert batch.work is given[done]
        assert len(begun) - done <= where.ahead
        done += 1
    assert done == len(given)


def test_what_is_logged_of_a_batch_carries_its_own_number() -> None:
    lines: list[tuple[str, object]] = []

    def log(what: str) -> None:
        record = logging.makeLogRecord({"msg": what})
        WithIds().filter(record)
        lines.append((what, record.__dict__["batch"]))

    def read() -> Iterator[Work]:
        for number in (1, 2, 3):
            log(f"read {number}")
            yield Work(documents=(document(number),))

    def extract(documents: tuple[Document, ...]) -> Wait:
        with ThreadPoolExecutor(1) as pool:  # as a task does, in a copy of the context
            pool.submit(copy_context().run, log, f"extract {documents[0].id[-1]}").result()
        return submit(documents)

    for batch in extracted_ahead(read(), place(parallel=2), extract, RUN):
        assert batch is not None
        with batch_of(batch.number):
            log(f"write {batch.work.documents[0].id[-1]}")
    assert len(lines) == 9
    assert all(what.endswith(f" {number}") for what, number in lines), lines


def test_what_is_on_its_way_is_waited_for_when_its_run_ends_early() -> None:
    events: list[str] = []

    def slow(documents: tuple[Document, ...]) -> Wait:
        def wait(seconds: float | None) -> Outcome:
            events.append(documents[0].id)
            raise RuntimeError("nobody wants it any more")

        return submit(documents) if documents[0].id == "tests:0" else wait

    given = iter([Work(documents=(document(number),)) for number in range(9)])
    batches = extracted_ahead(given, place(stop=lambda: events.append("stop")), slow, RUN)
    next(batches)
    batches.close()
    assert events == ["stop", "tests:1", "tests:2"]


def test_a_run_that_is_asked_to_stop_keeps_what_is_extracted_and_ends_the_rest() -> None:
    events: list[str] = []

    def first_only(documents: tuple[Document, ...]) -> Wait:
        def wait(seconds: float | None) -> Outcome | None:
            if documents[0].id == "tests:0":
                return outcome(documents)
            if "stop" not in events:  # a hostile document among them: it takes for ever
                events.append("asked")
                raise TimeoutError
            return None

        return wait

    given = iter([Work(documents=(document(number),)) for number in range(9)])
    where = place(stop=lambda: events.append("stop"))
    batches = list(extracted_ahead(given, where, first_only, RUN, lambda: "asked" in events))
    assert [batch and batch.work.documents[0].id for batch in batches] == ["tests:0", None]
    assert events == ["asked", "stop", "stop"]
    assert len(list(given)) == 9 - 4  # the first, and those that were in hand by then


def test_batches_that_are_extracted_when_somebody_asks_to_stop_are_not_lost() -> None:
    asked: list[bool] = []
    given = iter([Work(documents=(document(number),)) for number in range(9)])
    batches = extracted_ahead(given, place(), submit, RUN, lambda: bool(asked))
    next(batches)
    asked.append(True)
    assert [batch and batch.work.documents[0].id for batch in batches] == [
        "tests:1",
        "tests:2",
        None,
    ]


def test_nothing_is_retracted_once_somebody_asked_to_stop() -> None:
    works = iter([Work(documents=(document(1),)), Work(retracting=True)])
    asked: list[bool] = []
    batches = extracted_ahead(works, place(), submit, RUN, lambda: bool(asked))
    next(batches)
    asked.append(True)
    assert list(batches) == [None]


@pytest.mark.parametrize(
    "run",
    [replace(RUN, checkpoint="c@2"), replace(RUN, config_hash="d")],
    ids=["checkpoint", "config"],
)
def test_a_batch_of_another_checkpoint_or_configuration_is_refused(run: RunInfo) -> None:
    with pytest.raises(ExtractedElsewise, match="another"):
        list(extracted_ahead(iter([Work(documents=(document(1),))]), place(), submit, run))
