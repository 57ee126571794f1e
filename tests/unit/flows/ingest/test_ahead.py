"""Batches on their way while others are written: in order, no more than asked, nothing lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from contextvars import copy_context
from dataclasses import dataclass, replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.source import Gone, Page, Record
from extractor.schema import Document, Extraction
from flows.errors import ExtractedElsewise
from flows.ingest.ahead import Pending, extracted_ahead, in_hand
from flows.ingest.executor import Executor
from flows.ingest.planning import plan
from flows.ingest.retraction import Retractions
from flows.logs import WithIds, batch_of
from flows.records import Batch
from graph.model.records import FailedDocument, Known, RunInfo
from graph.model.rows import content_hash

RUN = RunInfo(id="r", flow="ingest", checkpoint="c@1", config_hash="c", git_sha="", started_at="")


def extracted(documents: Sequence[Document]) -> Batch:
    return Batch(
        extractions=tuple(
            Extraction(document=each, entities=(), statements=()) for each in documents
        ),
        checkpoint=RUN.checkpoint,
        config_hash=RUN.config_hash,
    )


@dataclass
class AnExecutor:
    """Extracts nothing by itself: the tests start their own extractions."""

    parallel: int = 1
    documents: int = 2
    stopped: Callable[[], None] = lambda: None

    def extract(self, documents: Sequence[Document]) -> Batch:
        return extracted(documents)

    def stop(self) -> None:
        self.stopped()


@dataclass
class Later:
    """What comes of documents once it is asked for."""

    wait: Callable[[], Batch | None]

    def result(self, timeout: float | None = None) -> Batch | None:
        return self.wait()


def submit(executor: Executor, documents: Sequence[Document]) -> Pending:
    return Later(lambda: executor.extract(documents))


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

    def write(self, batch: Batch, retractions: Retractions) -> None:
        for each in batch.extractions:
            self.documents[each.document.id] = each.document
        for id_ in chain.from_iterable(retractions.batches()) if batch.retracting else ():
            self.documents.pop(id_, None)


records = st.one_of(
    st.builds(document, st.integers(0, 3), st.sampled_from(["Ada.", "Ada and Charles."])),
    st.builds(lambda number: Gone(document=f"tests:{number}"), st.integers(0, 3)),
)


@given(pages=st.lists(st.lists(records, max_size=4), max_size=8), parallel=st.integers(1, 3))
def test_the_last_word_on_a_document_counts_also_where_an_older_one_is_on_its_way(
    pages: list[list[Record]], parallel: int
) -> None:
    graph, executor = Graph(), AnExecutor(parallel)
    with closing(Retractions()) as retractions:
        batches = plan(
            [Page(records=tuple(each), position="") for each in pages],
            graph,  # type: ignore[arg-type]
            retractions,
            config_hash="c",
            checkpoint="m@1",
            now="",
            size=executor.documents,
            unwritten=in_hand(executor) - 1,
        )
        for batch in extracted_ahead(batches, executor, RUN, submit=submit):
            assert batch is not None
            graph.write(batch, retractions)
    said: dict[str, Document] = {}
    for record in (record for each in pages for record in each):
        if isinstance(record, Document):
            said[record.id] = record
        elif isinstance(record, Gone):
            said.pop(record.document, None)
    assert graph.documents == said


@pytest.mark.parametrize("parallel", [1, 3])
def test_batches_come_in_their_order_and_no_more_are_in_hand_than_asked(parallel: int) -> None:
    executor = AnExecutor(parallel)
    given = [Batch(documents=(document(number),)) for number in range(9)]
    begun: list[str] = []

    def counting(executor: Executor, documents: Sequence[Document]) -> Pending:
        begun.append(documents[0].id)
        return submit(executor, documents)

    done = 0
    for batch in extracted_ahead(iter(given), executor, RUN, submit=counting):
        assert batch is not None
        assert batch.documents is given[done].documents
        assert len(begun) - done <= in_hand(executor)
        done += 1
    assert done == len(given)


def test_what_is_logged_of_a_batch_carries_its_own_number() -> None:
    lines: list[tuple[str, object]] = []

    def log(what: str) -> None:
        record = logging.makeLogRecord({"msg": what})
        WithIds().filter(record)
        lines.append((what, record.__dict__["batch"]))

    def read() -> Iterator[Batch]:
        for number in (1, 2, 3):
            log(f"read {number}")
            yield Batch(documents=(document(number),))

    def extract(executor: Executor, documents: Sequence[Document]) -> Pending:
        with ThreadPoolExecutor(1) as pool:  # as a task does, in a copy of the context
            pool.submit(copy_context().run, log, f"extract {documents[0].id[-1]}").result()
        return submit(executor, documents)

    for batch in extracted_ahead(read(), AnExecutor(parallel=2), RUN, submit=extract):
        assert batch is not None
        with batch_of(batch.number):
            log(f"write {batch.documents[0].id[-1]}")
    assert len(lines) == 9
    assert all(what.endswith(f" {number}") for what, number in lines), lines


def test_what_is_on_its_way_is_waited_for_when_its_run_ends_early() -> None:
    events: list[str] = []

    def slow(executor: Executor, documents: Sequence[Document]) -> Pending:
        def wait() -> Batch:
            events.append(documents[0].id)
            raise RuntimeError("nobody wants it any more")

        return submit(executor, documents) if documents[0].id == "tests:0" else Later(wait)

    given = iter([Batch(documents=(document(number),)) for number in range(9)])
    executor = AnExecutor(stopped=lambda: events.append("stop"))
    batches = extracted_ahead(given, executor, RUN, submit=slow)
    next(batches)
    batches.close()
    assert events == ["stop", "tests:1", "tests:2"]


def test_a_run_that_is_asked_to_stop_keeps_what_is_extracted_and_ends_the_rest() -> None:
    events: list[str] = []

    def first_only(executor: Executor, documents: Sequence[Document]) -> Pending:
        def wait() -> Batch | None:
            if documents[0].id == "tests:0":
                return extracted(documents)
            if "stop" not in events:  # a hostile document among them: it takes for ever
                events.append("asked")
                raise TimeoutError
            return None

        return Later(wait)

    given = iter([Batch(documents=(document(number),)) for number in range(9)])
    executor = AnExecutor(stopped=lambda: events.append("stop"))
    asked = lambda: "asked" in events  # noqa: E731
    batches = list(extracted_ahead(given, executor, RUN, asked, first_only))
    assert [batch and batch.documents[0].id for batch in batches] == ["tests:0", None]
    assert events == ["asked", "stop", "stop"]
    assert len(list(given)) == 9 - 4  # the first, and those that were in hand by then


def test_batches_that_are_extracted_when_somebody_asks_to_stop_are_not_lost() -> None:
    asked: list[bool] = []
    given = iter([Batch(documents=(document(number),)) for number in range(9)])
    batches = extracted_ahead(given, AnExecutor(), RUN, lambda: bool(asked), submit)
    next(batches)
    asked.append(True)
    assert [batch and batch.documents[0].id for batch in batches] == [
        "tests:1",
        "tests:2",
        None,
    ]


def test_nothing_is_retracted_once_somebody_asked_to_stop() -> None:
    given = iter([Batch(documents=(document(1),)), Batch(retracting=True)])
    asked: list[bool] = []
    batches = extracted_ahead(given, AnExecutor(), RUN, lambda: bool(asked), submit)
    next(batches)
    asked.append(True)
    assert list(batches) == [None]


@pytest.mark.parametrize(
    "run",
    [replace(RUN, checkpoint="c@2"), replace(RUN, config_hash="d")],
    ids=["checkpoint", "config"],
)
def test_a_batch_of_another_checkpoint_or_configuration_is_refused(run: RunInfo) -> None:
    given = iter([Batch(documents=(document(1),))])
    with pytest.raises(ExtractedElsewise, match="another"):
        list(extracted_ahead(given, AnExecutor(), run, submit=submit))
