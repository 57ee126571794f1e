"""What an ingest came to: counts, rates, failures. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from corpus.records import Skipped
from flows.isolation import Failure
from graph.records import FoundEdge, RunInfo, UpsertReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What a first reading of the source found."""

    documents: int
    skipped: tuple[Skipped, ...]
    pending: frozenset[str]
    """Ids of the documents that are new, changed, or failed before."""
    seconds: float

    @property
    def unchanged(self) -> int:
        """Documents that the graph has as they are."""
        return self.documents - len(self.pending)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchReport:
    """What one batch came to."""

    documents: int
    """Those that went through every stage."""
    statements: int
    failures: tuple[Failure, ...]
    written: UpsertReport
    seconds: Mapping[str, float]
    strongest: tuple[FoundEdge, ...]
    """Of a dry run, whose edges no graph holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What an ingest came to."""

    run: str
    source: str
    checkpoint: str
    state: str
    """'Completed', 'Cancelled' (between two batches) or 'Failed' (too many documents)."""
    read: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    processed: int
    gone: int
    """Found by the survey, but not there any more when its turn came."""
    statements: int
    failures: tuple[Failure, ...]
    written: UpsertReport
    seconds: Mapping[str, float]
    """By stage: read, mentions, linking, relations, write."""
    strongest: tuple[FoundEdge, ...]

    @property
    def failed_share(self) -> float:
        """Share of what was read that is no document or could not be processed."""
        wrong = len(self.skipped) + len(self.failures)
        return wrong / max(1, self.read + len(self.skipped))

    def rates(self) -> dict[str, float]:
        """Return documents per second by stage, and over all stages."""
        spent = {**self.seconds, "all": sum(self.seconds.values())}
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
            "skipped": len(self.skipped),
            "processed": self.processed,
            "gone": self.gone,
            "failed": len(self.failures),
            "statements": self.statements,
            **{name: value for name, value in asdict(self.written).items() if name != "documents"},
            **{f"{stage}_seconds": round(spent, 3) for stage, spent in self.seconds.items()},
        }


def add_up(
    run: RunInfo,
    source: str,
    found: Survey,
    batches: Sequence[BatchReport],
    *,
    strongest: Sequence[FoundEdge],
    interrupted: bool,
    max_failed_share: float,
) -> IngestReport:
    """Return what all batches came to."""
    processed = sum(batch.documents for batch in batches)
    failures = tuple(failure for batch in batches for failure in batch.failures)
    report = IngestReport(
        run=run.id,
        source=source,
        checkpoint=run.checkpoint,
        state="Cancelled" if interrupted else "Completed",
        read=found.documents,
        unchanged=found.unchanged,
        skipped=found.skipped,
        processed=processed,
        gone=0 if interrupted else len(found.pending) - processed - len(failures),
        statements=sum(batch.statements for batch in batches),
        failures=failures,
        written=UpsertReport.total(batch.written for batch in batches),
        seconds={"read": found.seconds, **_seconds(batches)},
        strongest=tuple(strongest),
    )
    failed = not interrupted and report.failed_share > max_failed_share
    return replace(report, state="Failed") if failed else report


def _seconds(batches: Sequence[BatchReport]) -> dict[str, float]:
    """Return the seconds of all batches by stage."""
    stages = dict.fromkeys(stage for batch in batches for stage in batch.seconds)
    return {stage: sum(batch.seconds.get(stage, 0.0) for batch in batches) for stage in stages}
