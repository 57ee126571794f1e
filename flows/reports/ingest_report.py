"""What an ingest came to: counts, rates, failures. Pure, and of constant size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.source import Skipped
from flows.records import NOTHING, Batch, Counts, Failure
from flows.reports.drift import Drift
from flows.reports.edges import doubt, first, statement_edges, strength
from flows.run.outcome import Outcome, outcome
from graph.model.records import Champion, FoundEdge, RunInfo

MAX_NAMED = 500
"""Skipped records, and failures, that a report names; all are counted."""
SHOWN = 20
"""Strongest edges in a report, and as many doubtful ones."""
CANDIDATES = 100
"""Statements of a run that are kept, of either kind: some of their edges are not new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest came to."""

    run: str
    flow: str
    """'ingest', 'replay', 'backfill'."""
    source: str
    checkpoint: str
    counts: Counts = NOTHING
    skipped_records: tuple[Skipped, ...] = ()
    """The first `MAX_NAMED` that were skipped, or are duplicates, foreign or empty."""
    failures: tuple[Failure, ...] = ()
    """The first `MAX_NAMED`."""
    refusal: str = ""
    """Why nothing was retracted, and what lets it pass; empty where it was allowed."""
    interrupted: bool = False
    """Whether somebody asked it to stop, and it did."""
    max_failed_share: float
    """Above which `counts.failed_share` the run fails."""
    unread: str = ""
    """What the source saw and did not read: files of other kinds, attachments."""
    elapsed: float = 0.0
    """Seconds from the first page asked for to the last batch written."""
    strongest: tuple[FoundEdge, ...] = ()
    """Of the new edges; in a dry run, and until all is written, of the statements."""
    doubtful: tuple[FoundEdge, ...] = ()
    drift: Drift | None = None
    """None after a dry run, which is compared with nothing."""

    @classmethod
    def of(cls, run: RunInfo, *, max_failed_share: float) -> IngestReport:
        """Return the report of a run that begins."""
        return cls(
            run=run.id,
            flow=run.flow,
            source=run.source,
            checkpoint=run.checkpoint,
            max_failed_share=max_failed_share,
        )

    def with_batch(self, batch: Batch, champion: Champion) -> IngestReport:
        """Return the report of a run that has done one more batch."""
        edges = statement_edges(batch.extractions, champion)
        return replace(
            self,
            counts=self.counts + batch.counts,
            skipped_records=(self.skipped_records + batch.skipped)[:MAX_NAMED],
            failures=(self.failures + batch.failures)[:MAX_NAMED],
            refusal=self.refusal or batch.refusal,
            strongest=tuple(first([*self.strongest, *edges], strength, CANDIDATES)),
            doubtful=tuple(first([*self.doubtful, *edges], doubt, CANDIDATES)),
        )

    def with_edges(
        self, strongest: Sequence[FoundEdge], doubtful: Sequence[FoundEdge]
    ) -> IngestReport:
        """Return the report of a run that has ended, with the first edges of either kind."""
        return replace(self, strongest=tuple(strongest[:SHOWN]), doubtful=tuple(doubtful[:SHOWN]))

    @property
    def outcome(self) -> Outcome:
        """How the run ended, or would if it did now."""
        return outcome(
            self.counts,
            refusal=self.refusal,
            interrupted=self.interrupted,
            max_failed_share=self.max_failed_share,
        )

    def rates(self) -> dict[str, float]:
        """Return documents per second by stage, and of the run, whose stages overlap."""
        spent = {**self.counts.seconds, "all": self.elapsed}
        documents = dict.fromkeys(spent, self.counts.processed) | {"read": self.counts.read}
        return {
            stage: documents[stage] / seconds
            for stage, seconds in spent.items()
            if seconds and documents[stage]
        }

    def stored(self) -> dict[str, int | float]:
        """Return what the graph's Run keeps."""
        return {**self.counts.stored(), "elapsed_seconds": round(self.elapsed, 3)}
