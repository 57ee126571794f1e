"""What reads ahead stops when a run ends, however it ends; a dry run changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from prefect.logging import disable_run_logger

from config.settings import RunSettings
from corpus.records import Gone
from flows.extraction.outcome import Outcome
from flows.extraction.places import Place
from flows.interruption import Interruption
from flows.processing import closed, process
from graph.records import RunInfo
from tests.unit.flows.planning import document, page

RUN = RunInfo(
    id=str(UUID(int=1)),
    flow="ingest",
    checkpoint="champion@1",
    config_hash="c",
    git_sha="",
    started_at="2026-01-31T12:00:00Z",
)


def test_a_generator_is_closed_where_its_consumer_fails() -> None:
    ended = []

    def pages() -> Iterator[int]:
        try:
            yield from range(3)
        finally:
            ended.append(True)

    def consume() -> None:
        with closed(pages()) as found:
            for _ in found:
                raise RuntimeError("no")

    with pytest.raises(RuntimeError) as error:
        consume()
    assert ended == [True], error  # although the error still holds the frames


NOTHING = Outcome(
    extractions=(), failures=(), seconds={}, checkpoint=RUN.checkpoint, config_hash="c"
)


def test_a_dry_run_retracts_nothing_that_comes_and_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    def graph() -> None:
        raise AssertionError("a dry run needs no graph")

    @contextmanager
    def place(run: UUID, *, dry_run: bool, stopped: object) -> Iterator[Place]:
        yield Place(extract=lambda documents: NOTHING, parallel=1, documents=1)

    parts: Any = SimpleNamespace(
        settings=SimpleNamespace(run=RunSettings()),
        graph=graph,
        left_out=lambda document: None,
        vocabulary=lambda: None,
    )
    monkeypatch.setattr("flows.processing.components", lambda: parts)
    monkeypatch.setattr("flows.processing.chosen_place", place)
    monkeypatch.setattr(
        "flows.processing._submit", lambda place: lambda documents: lambda seconds: NOTHING
    )
    monkeypatch.setattr(
        "flows.processing.ProgressArtifact",
        lambda key: SimpleNamespace(show=lambda progress: None, complete=lambda: None),
    )
    pages = iter([page(document(1)), page(Gone(document="tests:1"))])
    with disable_run_logger():
        report = process("tests", pages, RUN, Interruption(), expected=2, dry_run=True)
    assert (report.state, report.read, report.gone, report.held) == ("Completed", 1, 0, 0)
