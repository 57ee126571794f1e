"""`reconcile`: retract what the source no longer has, and say how far the graph had drifted.

Then let entities follow the ids that the entity index has merged into others
(`flows.ingest.redirects`).

It walks the ids of the graph and asks the source for each batch of them, in constant memory: what
is gone is first put aside and counted. Where that is more than is allowed, nothing is retracted, as
an emptied index must not empty the graph.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from prefect import flow
from prefect.client.schemas import State

from corpus.source import DocumentSource
from extractor.batches import batched
from flows.components import components
from flows.ingest.redirects import follow_redirects
from flows.ingest.retraction import BATCH, Extent, Retractions, Why, retraction_limit
from flows.ingest.retries import all_failed, nowhere
from flows.ingest.writing import retract
from flows.params import ReconcileParams
from flows.records import NOTHING
from flows.run.context import Run, recorded, run_info
from flows.run.outcome import Outcome, outcome
from flows.run.prefect_state import ended
from flows.run.progress import Progress, ProgressArtifact
from flows.run.showing import show_table
from flows.run.slots import sole_writer
from graph.client import Graph
from graph.model.records import UpsertReport
from graph.writing.writer import GraphWriter

DEFAULTS = ReconcileParams()
GONE: Why = "no longer in the source"
WALK = 10_000
"""Ids in one question to the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileReport:
    """What reconciling found and did."""

    run: str
    source: str
    known: int
    """Documents of the source in the graph, before."""
    gone: int
    """Of these, documents that the source no longer has."""
    moved: int
    """Of these, documents that another index holds now."""
    unread: int
    """About how many documents the source has that the graph has not, failed ones included."""
    retracted: int
    linked: int = 0
    """Linked ids of the graph."""
    absent: int = 0
    """Of these, ids that the entity index has no more; their entities stay."""
    refusal: str = ""
    """Why nothing was retracted, and what lets it pass; empty where it was allowed."""
    written: UpsertReport

    @property
    def outcome(self) -> Outcome:
        """How the run ended: 'Failed' where more is gone than is allowed."""
        return outcome(NOTHING, refusal=self.refusal, interrupted=False, max_failed_share=1.0)

    def stored(self) -> dict[str, int | float]:
        """Return the counts that the graph's Run keeps."""
        found = ("known", "gone", "moved", "unread", "retracted")
        changed = ("edges_changed", "edges_removed", "entities_removed", "entities_rekeyed")
        return {
            **{name: getattr(self, name) for name in found},
            **{name: getattr(self.written, name) for name in changed},
            "linked": self.linked,
            "absent_from_index": self.absent,
        }


@flow(name="reconcile", persist_result=False)
def reconcile(params: ReconcileParams = DEFAULTS) -> ReconcileReport | State[ReconcileReport]:
    """Compare the ids of graph and source; retract what is gone, and follow merged entity ids."""
    parts = components()
    allowed = retraction_limit(parts.settings.run, params.max_retracted_share)
    with (
        sole_writer(),
        closing(parts.source(path=params.path, name=params.name)) as source,
        closing(Retractions()) as retractions,
        recorded(Run(run_info("reconcile"))) as run,
    ):
        report = survey(source, parts.graph, run, retractions)
        found = Extent(source=source.name, known=report.known, reasons={GONE: report.gone})
        if refusal := found.refusal(allowed, run.info.flow):
            report = replace(report, refusal=refusal)
        else:
            written = retract_gone(source, parts.graph, run, retractions)
            report = replace(report, retracted=written.documents_removed, written=written)
        followed = follow_redirects(run)
        report = replace(
            report,
            linked=followed.linked,
            absent=followed.absent,
            written=UpsertReport.total([report.written, followed.written]),
        )
        run.finish(report.outcome.state, report.stored())
    rows = [{"figure": name, "value": value} for name, value in report.stored().items()]
    show_table("reconcile-summary", rows)
    return ended(report.outcome.state, report.outcome.why, report)


def survey(
    source: DocumentSource, graph: Graph, run: Run, retractions: Retractions
) -> ReconcileReport:
    """Return what is gone, put aside as well, and forget the cursor where it is behind."""
    known = graph.documents(source.name)
    artifact = ProgressArtifact("reconcile-progress")
    walked = gone = moved = 0
    for places in _places(graph, source.name):
        elsewhere = []
        for document, index in source.missing(places).items():
            if index is None:
                retractions.add(document, GONE)
                gone += 1
            else:
                elsewhere.append(document)
        # Those that failed where they are now are tried again by themselves.
        moved += len(elsewhere) - len(graph.failures_of(elsewhere))
        walked += len(places)
        artifact.show(
            Progress(done=walked, total=max(walked, known), unit="documents", note=f"{gone} gone")
        )
    artifact.complete()
    if moved:  # their copies elsewhere may differ, so all is read again
        run.writer.forget_cursor(source.name)
    return ReconcileReport(
        run=run.info.id,
        source=source.name,
        known=walked,
        gone=gone,
        moved=moved,
        unread=max(0, source.expected("") - (walked - gone)),
        retracted=0,
        written=UpsertReport(),
    )


def retract_gone(
    source: DocumentSource, graph: Graph, run: Run, retractions: Retractions
) -> UpsertReport:
    """Retract the documents that are still gone, and return what that changed."""
    written = UpsertReport()
    forget_failures(source, graph, run.writer)
    for batch in retractions.batches():
        places = {document: each.index for document, each in graph.known(list(batch)).items()}
        still = source.missing(places)
        gone = {document: batch[document] for document, index in still.items() if index is None}
        written = UpsertReport.total([written, retract(gone, run)])
    return written


def forget_failures(source: DocumentSource, graph: Graph, writer: GraphWriter) -> None:
    """Forget the failures of documents that the source no longer has."""
    for batch in batched((each.id for each in all_failed(graph, source.name)), BATCH):
        if gone := nowhere(source, graph, batch):
            writer.forget_failures(gone)


def _places(graph: Graph, source: str) -> Iterator[dict[str, str]]:
    after = ""
    while places := graph.document_ids(source, after=after, limit=WALK):
        yield dict(places)
        after = places[-1][0]
