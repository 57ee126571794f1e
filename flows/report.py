"""What an ingest came to: counts, rates, failures. Pure, and of constant size."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from corpus.records import Skipped
from flows.drift import Drift
from flows.findings import Findings
from flows.isolation import Failure
from flows.ranking import doubt, first, strength
from flows.work import Work
from graph.records import FoundEdge, RunInfo, UpsertReport

MAX_NAMED = 500
"""Skipped records, and failures, that a report names; all are counted."""
SHOWN = 20
"""Strongest edges in a report, and as many doubtful ones."""
CANDIDATES = 100
"""Statements of a run that are kept, of either kind: some of their edges are not new."""
State = Literal["Completed", "Failed", "Cancelled"]
NOTHING_FOUND = Findings()
NOTHING_WRITTEN = UpsertReport()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """What one batch came to."""

    work: Work
    documents: int = 0
    """Those that went through every stage."""
    statements: int = 0
    findings: Findings = NOTHING_FOUND
    failures: tuple[Failure, ...] = ()
    gone: int = 0
    """Documents that were retracted."""
    held: int = 0
    """Documents that would have been retracted, had it been allowed."""
    refusal: str = ""
    """Why it was not."""
    written: UpsertReport = NOTHING_WRITTEN
    seconds: Mapping[str, float]
    """By stage, reading included."""
    edges: tuple[FoundEdge, ...] = ()
    """Every statement, as the edge that it alone would make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest came to."""

    run: str
    flow: str
    """'ingest', 'replay', 'backfill'."""
    source: str
    checkpoint: str
    interrupted: bool
    """Whether somebody asked it to stop, and it did."""
    read: int
    records: int
    """All that was read: documents, and records that are none, are gone, or have no text."""
    unchanged: int
    waiting: int
    """Documents of the source that failed, now or before, and are to be tried again, as the table
    `failed-documents` has them; in a dry run, those that it met. `factloom replay` tries them."""
    processed: int
    gone: int
    """Retracted: deleted, no longer wanted, emptied, or in another language."""
    held: int
    """Not retracted, as so much is not allowed; see `refusal`."""
    refusal: str
    """Why nothing was retracted, and what lets it pass; empty where it was allowed."""
    statements: int
    findings: Findings
    skipped: int
    """Records that are no document."""
    skipped_again: int
    """Of these, those that could not be read before either: they are no news."""
    duplicates: int
    """Records whose id another record has, which counts; nothing is missing."""
    foreign: int
    """Documents in languages that the checkpoint does not speak; nothing is wrong with them."""
    empty: int
    """Records whose text is empty; nothing is wrong with them, as there is where it is missing."""
    skipped_records: tuple[Skipped, ...]
    """The first `MAX_NAMED` of these four."""
    failed: int
    failed_again: int
    """Of these, those that failed before, just as they are: they are no news."""
    failures: tuple[Failure, ...]
    """The first `MAX_NAMED`."""
    max_failed_share: float
    """Above which `failed_share` the run fails."""
    written: UpsertReport
    seconds: Mapping[str, float]
    """By stage: read, mentions, linking, relations, write; several go on at the same time."""
    elapsed: float
    """Seconds from the first page asked for to the last batch written."""
    strongest: tuple[FoundEdge, ...]
    """Of the new edges; in a dry run, of the statements."""
    doubtful: tuple[FoundEdge, ...]
    drift: Drift | None = None
    """None after a dry run, which is compared with nothing."""

    @property
    def failed_share(self) -> float:
        """Share of what was read that is no document or could not be processed.

        What failed again counts on neither side: else a night on which nothing is new but an old
        failure is tried again would be a night on which everything fails.
        """
        return self.failed_anew / max(1, self.records - self._again)

    @property
    def failed_anew(self) -> int:
        """Records that failed, and had not failed before just as they are."""
        return self.skipped + self.failed - self._again

    @property
    def _again(self) -> int:
        return self.skipped_again + self.failed_again

    @property
    def state(self) -> State:
        """What the run ended as: 'Cancelled' between two batches, 'Failed' where it is told why."""
        if self.interrupted:
            return "Cancelled"
        return "Failed" if self.refusal or self._too_many else "Completed"

    @property
    def why(self) -> str:
        """Why the run is not Completed, and what of it stays; empty where it is."""
        if self.interrupted:
            return "interrupted between two batches: what is written stays, the next run goes on"
        told = [self.refusal] if self.refusal else []
        if self._too_many:
            told.append(
                f"{self.failed_share:.0%} of the records failed ({self.failed_anew} of "
                f"{self.records - self._again}), more than the "
                f"{self.max_failed_share:.0%} of FACTLOOM_RUN__MAX_FAILED_SHARE (factloom failures "
                "lists what can be tried again)"
            )
        if told and self.written.documents:
            told.append(f"the other documents, {self.written.documents}, are written")
        return "; ".join(told)

    @property
    def _too_many(self) -> bool:
        return self.failed_share > self.max_failed_share

    def rates(self) -> dict[str, float]:
        """Return documents per second by stage, and of the run, whose stages overlap."""
        spent = {**self.seconds, "all": self.elapsed}
        documents = dict.fromkeys(spent, self.processed) | {"read": self.read}
        return {
            stage: documents[stage] / seconds
            for stage, seconds in spent.items()
            if seconds and documents[stage]
        }

    def counts(self) -> dict[str, int | float]:
        """Return the counts that the graph's Run keeps."""
        return {
            "read": self.read,
            "unchanged": self.unchanged,
            "waiting": self.waiting,
            "skipped": self.skipped,
            "duplicates": self.duplicates,
            "foreign": self.foreign,
            "empty": self.empty,
            "processed": self.processed,
            "gone": self.gone,
            "held": self.held,
            "failed": self.failed,
            "statements": self.statements,
            "rejected": sum(self.findings.rejected.values()),
            **{
                f"rejected_{reason.replace(' ', '_')}": count
                for reason, count in sorted(self.findings.rejected.items())
            },
            "entities_linked": self.findings.linked,
            "entities_nil": self.findings.nil,
            "margin_sum": round(self.findings.margin_sum, 4),
            **{name: value for name, value in asdict(self.written).items() if name != "documents"},
            **{f"{stage}_seconds": round(spent, 3) for stage, spent in self.seconds.items()},
            "elapsed_seconds": round(self.elapsed, 3),
        }


class Tally:
    """Adds batches up as they come, so that a long run needs no more memory than a short one."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._counts: Counter[str] = Counter()
        self._seconds: Counter[str] = Counter()
        self._written = UpsertReport()
        self._skipped: list[Skipped] = []
        self._failures: list[Failure] = []
        self._refusal = ""
        self._findings = Findings()
        self._strongest: list[FoundEdge] = []
        self._doubtful: list[FoundEdge] = []

    def add(self, batch: BatchReport) -> None:
        """Add one batch."""
        work = batch.work
        self._counts.update(
            read=work.read,
            unchanged=work.unchanged,
            waiting=work.waiting,
            records=work.read + work.gone,
            gone=batch.gone,
            held=batch.held,
            skipped=sum(map(_is_no_document, work.skipped)),
            skipped_again=work.skipped_again,
            duplicates=sum(each.duplicate for each in work.skipped),
            foreign=sum(each.foreign for each in work.skipped),
            empty=sum(each.text == "empty" for each in work.skipped),
            processed=batch.documents,
            statements=batch.statements,
            failed=len(batch.failures),
            failed_again=sum(each.document in work.retried for each in batch.failures),
        )
        self._refusal = self._refusal or batch.refusal
        self._findings += batch.findings
        self._seconds.update(batch.seconds)
        self._written = UpsertReport.total([self._written, batch.written])
        self._skipped += work.skipped[: MAX_NAMED - len(self._skipped)]
        self._failures += batch.failures[: MAX_NAMED - len(self._failures)]
        self._strongest = first([*self._strongest, *batch.edges], strength, CANDIDATES)
        self._doubtful = first([*self._doubtful, *batch.edges], doubt, CANDIDATES)

    def __getitem__(self, count: str) -> int:
        """Return one of the counts so far."""
        return self._counts[count]

    def strongest(self) -> Sequence[FoundEdge]:
        """Return the strongest statements, each as the edge of its document alone."""
        return self._strongest

    def doubtful(self) -> Sequence[FoundEdge]:
        """Return the most doubtful statements, each as the edge of its document alone."""
        return self._doubtful

    def report(
        self,
        run: RunInfo,
        source: str,
        *,
        strongest: Sequence[FoundEdge],
        doubtful: Sequence[FoundEdge] = (),
        interrupted: bool,
        max_failed_share: float,
    ) -> IngestReport:
        """Return what all batches came to."""
        counts = self._counts
        return IngestReport(
            run=run.id,
            flow=run.flow,
            source=source,
            checkpoint=run.checkpoint,
            interrupted=interrupted,
            read=counts["read"],
            records=counts["records"] + counts["skipped"] + counts["empty"],
            unchanged=counts["unchanged"],
            waiting=counts["waiting"],
            processed=counts["processed"],
            gone=counts["gone"],
            held=counts["held"],
            refusal=self._refusal,
            statements=counts["statements"],
            findings=self._findings,
            skipped=counts["skipped"],
            skipped_again=counts["skipped_again"],
            duplicates=counts["duplicates"],
            foreign=counts["foreign"],
            empty=counts["empty"],
            skipped_records=tuple(self._skipped),
            failed=counts["failed"],
            failed_again=counts["failed_again"],
            failures=tuple(self._failures),
            max_failed_share=max_failed_share,
            written=self._written,
            seconds=dict(self._seconds),
            elapsed=time.monotonic() - self._started,
            strongest=tuple(strongest)[:SHOWN],
            doubtful=tuple(doubtful)[:SHOWN],
        )


def _is_no_document(record: Skipped) -> bool:
    return not (record.duplicate or record.foreign or record.text == "empty")
