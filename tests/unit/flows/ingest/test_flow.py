"""A dry run changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from prefect.logging import disable_run_logger

from config.settings import RunSettings
from corpus.source import Gone
from extractor.schema import Document
from flows.ingest.flow import ingest_pages
from flows.params import IngestParams
from flows.records import Batch
from flows.run.context import SourceRun
from flows.run.interruption import Interruption
from graph.model.records import RunInfo
from tests.unit.flows.planning import document, page

RUN = RunInfo(
    id=str(UUID(int=1)),
    flow="ingest",
    checkpoint="champion@1",
    config_hash="c",
    git_sha="",
    started_at="2026-01-31T12:00:00Z",
)


NOTHING = Batch(checkpoint=RUN.checkpoint, config_hash="c")


class AnExecutor:
    """Extracts documents one by one, and finds nothing."""

    parallel = documents = 1

    def extract(self, documents: Sequence[Document]) -> Batch:
        return NOTHING

    def stop(self) -> None: ...


def test_a_dry_run_retracts_nothing_that_comes_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    def graph() -> None:
        raise AssertionError("a dry run needs no graph")

    @contextmanager
    def executor(run: SourceRun) -> Iterator[AnExecutor]:
        yield AnExecutor()

    parts: Any = SimpleNamespace(
        settings=SimpleNamespace(run=RunSettings()),
        graph=graph,
        left_out=lambda document: None,
        counted_first=lambda: None,
    )
    extract = SimpleNamespace(submit=lambda *_: SimpleNamespace(result=lambda timeout: NOTHING))
    monkeypatch.setattr("flows.ingest.flow.components", lambda: parts)
    monkeypatch.setattr("flows.ingest.flow.chosen_executor", executor)
    monkeypatch.setattr("flows.ingest.ahead.extract", extract)
    monkeypatch.setattr(
        "flows.ingest.flow.ProgressArtifact",
        lambda key: SimpleNamespace(show=lambda progress: None, complete=lambda: None),
    )
    pages = iter([page(document(1)), page(Gone(document="tests:1"))])
    source: Any = SimpleNamespace(name="tests", unread=lambda: "")
    run = SourceRun(RUN, IngestParams(), source, Interruption(), dry_run=True)
    with disable_run_logger():
        report = ingest_pages(pages, run, expected=2)
    counts = report.counts
    assert (report.outcome.state, counts.read, counts.gone, counts.held) == ("Completed", 1, 0, 0)
