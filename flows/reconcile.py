"""`reconcile`: retract what the source no longer has, and say how far the graph had drifted.

Then let entities follow the ids that the entity index has merged into others (`flows.merges`).

It walks the ids of the graph and asks the source for each batch of them, in constant memory: what
is gone is first written to a temporary file and counted. Where that is a larger share than allowed,
nothing is retracted, as an emptied index must not empty the graph.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import IO

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas import State
from prefect.states import Failed

from corpus.records import DocumentSource
from flows.batches import batched
from flows.components import components
from flows.failed import all_failed, nowhere
from flows.limits import writer
from flows.merges import follow_merges
from flows.params import ReconcileParams
from flows.progress import Progress, ProgressArtifact
from flows.runs import finish, reader_run, recorded_run
from graph.client import Graph
from graph.records import RunInfo, UpsertReport

DEFAULTS = ReconcileParams()
WALK = 10_000
"""Ids in one question to the source."""
RETRACT = 500
"""Documents retracted in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileReport:
    """What reconciling found and did."""

    run: str
    source: str
    state: str
    """'Completed', or 'Failed' where more is gone than is allowed."""
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
    written: UpsertReport

    @property
    def share(self) -> float:
        """Share of the known documents that is gone."""
        return self.gone / max(1, self.known)

    def counts(self) -> dict[str, int | float]:
        """Return the counts that the graph's Run keeps."""
        return {
            "known": self.known,
            "gone": self.gone,
            "moved": self.moved,
            "unread": self.unread,
            "retracted": self.retracted,
            "edges_changed": self.written.edges_changed,
            "edges_removed": self.written.edges_removed,
            "entities_removed": self.written.entities_removed,
            "entities_rekeyed": self.written.entities_rekeyed,
            "linked": self.linked,
            "absent_from_index": self.absent,
        }


@flow(name="reconcile", persist_result=False)
def reconcile(params: ReconcileParams = DEFAULTS) -> ReconcileReport | State[ReconcileReport]:
    """Compare the ids of graph and source; retract what is gone, and follow merged entity ids."""
    allowed = params.max_share
    if allowed is None:
        allowed = components().settings.run.max_retracted_share
    with writer():
        report = _reconcile(params, allowed)
    rows = [{"figure": name, "value": value} for name, value in report.counts().items()]
    create_table_artifact(table=rows, key="reconcile-summary")
    if report.state == "Failed":
        message = (
            f"{report.share:.0%} of the documents are gone from {report.source}, more than the "
            f"{allowed:.0%} allowed: nothing was retracted; if that is right, allow a larger share"
        )
        return Failed(message=message, data=report)
    return report


def _reconcile(params: ReconcileParams, allowed: float) -> ReconcileReport:
    parts = components()
    source = parts.source(path=params.path, name=params.name)
    run = reader_run("reconcile")
    with recorded_run(run), closing(source), tempfile.TemporaryFile("w+") as spool:
        report = survey(source, parts.graph(), run, spool)
        if report.share > allowed:
            report = replace(report, state="Failed")
        else:
            written = retract(source, parts.graph(), run, spool)
            report = replace(report, retracted=written.documents_removed, written=written)
        followed = follow_merges(run)
        report = replace(
            report,
            linked=followed.linked,
            absent=followed.absent,
            written=UpsertReport.total([report.written, followed.written]),
        )
        finish(run, report.state, report.counts())
    return report


def survey(source: DocumentSource, graph: Graph, run: RunInfo, spool: IO[str]) -> ReconcileReport:
    """Return what is gone, its ids written to `spool`, and forget the cursor where it is behind."""
    known = graph.documents(source.name)
    artifact = ProgressArtifact("reconcile-progress")
    walked = gone = moved = 0
    for places in _places(graph, source.name):
        elsewhere = []
        for document, index in source.missing(places).items():
            if index is None:
                spool.write(json.dumps([document, places[document]]) + "\n")
                gone += 1
            else:
                elsewhere.append(document)
        # Those that failed where they are now are tried again by themselves.
        moved += len(elsewhere) - len(graph.failures_of(elsewhere))
        walked += len(places)
        artifact.show(
            Progress(done=walked, total=max(walked, known), unit="documents", note=f"{gone} gone")
        )
    if moved:  # their copies elsewhere may differ, so all is read again
        graph.forget_cursor(source.name, run=run)
    return ReconcileReport(
        run=run.id,
        source=source.name,
        state="Completed",
        known=walked,
        gone=gone,
        moved=moved,
        unread=max(0, source.expected("") - (walked - gone)),
        retracted=0,
        written=UpsertReport(),
    )


def retract(source: DocumentSource, graph: Graph, run: RunInfo, spool: IO[str]) -> UpsertReport:
    """Retract the documents of the spool that are still gone, and return what that changed."""
    relations = components().vocabulary()
    spool.seek(0)
    written = UpsertReport()
    forget_failures(source, graph, run)
    for batch in batched((json.loads(line) for line in spool), RETRACT):
        still = source.missing(dict(batch))
        gone = sorted(document for document, index in still.items() if index is None)
        changed = graph.retract(gone, run=run, relations=relations)
        written = UpsertReport.total([written, changed])
    return written


def forget_failures(source: DocumentSource, graph: Graph, run: RunInfo) -> None:
    """Forget the failures of documents that the source no longer has."""
    for batch in batched((each.id for each in all_failed(graph, source.name)), RETRACT):
        if gone := nowhere(source, graph, batch):
            graph.forget_failures(gone, run=run)


def _places(graph: Graph, source: str) -> Iterator[dict[str, str]]:
    after = ""
    while places := graph.document_ids(source, after=after, limit=WALK):
        yield dict(places)
        after = places[-1][0]
