"""Running a flow in this process, as the command line does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from flows.cli.local.api import local_api
from flows.cli.views.terminal import errors, progress_bar
from flows.components import components
from flows.logs import summarised
from flows.params import (
    BackfillParams,
    IndexEntitiesParams,
    IngestParams,
    ReconcileParams,
    ReplayParams,
    RetrainParams,
)

if TYPE_CHECKING:
    from corpus.entities.index import IndexReport
    from extractor.pipeline import Extractor
    from flows.backfill.flow import BackfillReport
    from flows.reconcile import ReconcileReport
    from flows.reports.ingest_report import IngestReport
    from flows.retrain.challenge import Challenge
    from graph.client import Graph

Part = TypeVar("Part")


def run_ingest(params: IngestParams) -> IngestReport:
    """Run the flow `ingest` and return its report, however it ended.

    Raises:
        Exception: whatever stopped the flow.
    """
    beside = None if params.dry_run else _graph
    with _source_ready(params.path, "Ingesting", _extractor, beside=beside):
        from flows.ingest.flow import ingest
        from flows.run.prefect_state import report_of

        return cast("IngestReport", report_of(ingest(params, return_state=True)))


def _extractor() -> Extractor | None:
    """Load the model, where it is this process that extracts."""
    parts = components()
    return parts.extractor if parts.settings.run.task_runner == "threads" else None


def _graph() -> Graph:
    """Connect to the graph, and start the embedded server."""
    return components().graph


def run_replay(params: ReplayParams) -> IngestReport:
    """Run the flow `replay` and return its report, however it ended."""
    with _source_ready(params.path, "Replaying", _extractor, beside=_graph):
        from flows.replay import replay
        from flows.run.prefect_state import report_of

        return cast("IngestReport", report_of(replay(params, return_state=True)))


def run_backfill(params: BackfillParams) -> BackfillReport:
    """Run the flow `backfill` and return its report, however it ended."""
    with _source_ready(
        params.path, "Extracting again", lambda: components().extractor, beside=_graph
    ):
        from flows.backfill.flow import backfill
        from flows.run.prefect_state import report_of

        return cast("BackfillReport", report_of(backfill(params, return_state=True)))


def run_reconcile(params: ReconcileParams) -> ReconcileReport:
    """Run the flow `reconcile` and return its report, however it ended."""
    with _source_ready(params.path, "Reconciling", _graph):
        from flows.reconcile import reconcile
        from flows.run.prefect_state import report_of

        return cast("ReconcileReport", report_of(reconcile(params, return_state=True)))


@contextmanager
def _source_ready(
    path: Path | None,
    what: str,
    load: Callable[[], object],
    *,
    beside: Callable[[], object] | None = None,
) -> Iterator[None]:
    """Have all that a flow over a source needs, and a bar; what is no source is refused at once."""
    if path is not None:
        from corpus.files.reader import refuse_unknown_kind

        refuse_unknown_kind(path)
    with flow_ready(load, beside=beside), progress_bar(what):
        yield


def run_index_entities(params: IndexEntitiesParams) -> IndexReport:
    """Run the flow `index_entities` and return its report."""
    with flow_ready(lambda: components().elasticsearch):
        from flows.index_entities import index_entities

        with progress_bar("Indexing"):
            return index_entities(params)


def run_retrain(params: RetrainParams) -> Challenge:
    """Run the flow `retrain` and return what came of the challenge."""
    with flow_ready(lambda: None):
        from flows.retrain.flow import retrain

        with progress_bar("Training"):
            return retrain(params)


@contextmanager
def flow_ready(
    load: Callable[[], object], *, beside: Callable[[], object] | None = None
) -> Iterator[None]:
    """Have all that a flow needs: servers start while `load` runs, which halves the wait.

    Args:
        load: Builds what takes longest.
        beside: Builds something else at the same time; what it raises, the flow meets again.
    """
    with (
        errors.status("Starting") as starting,
        summarised(),
        local_api(components().settings.home) as server,
        ThreadPoolExecutor(1) as aside,
    ):
        if beside is not None:
            aside.submit(beside)
        load()
        if server is not None:
            server.wait()
        starting.stop()
        yield
