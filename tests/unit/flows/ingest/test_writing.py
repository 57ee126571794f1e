"""Writing a batch: one document that the graph refuses stops no other, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from prefect.logging import disable_run_logger

from corpus.source import Skipped
from extractor.errors import DocumentRejected
from extractor.schema import Extraction
from flows.ingest.writing import write, write_batch
from flows.records import Batch, Failure
from flows.run.context import Run
from graph.errors import GraphUnavailable
from graph.model.records import FailureRecord, UpsertReport
from tests.unit.flows.planning import NOW
from tests.unit.graph.extractions import RUN, extraction


@dataclass
class Writer:
    """Writes all documents but those that it refuses."""

    refused: frozenset[str] = frozenset()
    away: bool = False
    written: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    other: list[object] = field(default_factory=list)

    def upsert(self, extractions: Sequence[Extraction]) -> UpsertReport:
        if self.away:
            raise GraphUnavailable("it does not answer")
        ids = [each.document.id for each in extractions]
        for id_ in ids:
            if id_ in self.refused:
                raise DocumentRejected(id_, "it says too much")
        self.written += ids
        return UpsertReport(documents=len(ids), edges_new=len(ids))

    def record_failures(self, failed: Sequence[FailureRecord], *, at: str) -> None:
        self.failed += [(each.document, each.stage) for each in failed]

    def set_index(self, places: Mapping[str, str]) -> None:
        self.other.append(places)

    def forget_failures(self, ids: Sequence[str]) -> None:
        self.other.append(ids)


def run_with(writer: Any) -> Run:
    run = Run(RUN)
    run.writer = writer
    return run


EXTRACTED = tuple(extraction(number) for number in (1, 2, 3))
BATCH = Batch(documents=tuple(each.document for each in EXTRACTED), extractions=EXTRACTED)


def test_a_document_that_the_graph_refuses_fails_alone() -> None:
    writer = Writer(refused=frozenset({"tests:2"}))
    done = write.fn(BATCH, run_with(writer), NOW)
    assert sorted(writer.written) == ["tests:1", "tests:3"]
    assert writer.failed == [("tests:2", "write")]
    assert [each.document.id for each in done.extractions] == ["tests:1", "tests:3"]
    assert [(each.document, each.error) for each in done.failures] == [
        ("tests:2", "it says too much")
    ]
    assert (done.counts.documents, done.counts.edges_new) == (2, 2)


def test_what_failed_before_it_could_be_written_is_remembered_with_its_stage() -> None:
    unread = Skipped(source="s", place="p", document="tests:9", reason="r")
    empty = Skipped(source="s", place="p", document="tests:8", reason="r", text="empty")
    failure = Failure(document="tests:3", stage="extract", error="no")
    batch = Batch(
        documents=BATCH.documents,
        extractions=EXTRACTED[:2],
        failures=(failure,),
        skipped=(unread, empty),
    )
    writer = Writer()
    assert write.fn(batch, run_with(writer), NOW).failures == (failure,)
    assert writer.failed == [("tests:9", "read"), ("tests:3", "extract")]


def test_documents_that_need_no_extraction_are_seen_to() -> None:
    writer = Writer()
    write.fn(Batch(moved={"tests:1": "new"}, recovered=("tests:2",)), run_with(writer), NOW)
    assert writer.other == [{"tests:1": "new"}, ("tests:2",)]
    assert writer.failed == []


def test_no_document_is_to_blame_where_the_graph_is_away() -> None:
    writer = Writer(away=True)
    with pytest.raises(GraphUnavailable):
        write.fn(BATCH, run_with(writer), NOW)
    assert writer.failed == []


def test_a_dry_run_counts_what_it_would_write() -> None:
    with disable_run_logger():
        done = write_batch(BATCH, Run(RUN, dry_run=True))
    assert (done.counts.processed, done.counts.statements, done.counts.documents) == (3, 3, 0)
