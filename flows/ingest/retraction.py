"""What a run would retract, collected until all is read: no path empties the graph unasked.

A source that is emptied, a wrong query or field, another language: each makes many documents look
as if they were to go. So nothing is retracted while a run reads. What would be is put aside, in a
temporary file that SQLite keeps, and judged once, against the documents that the graph then has of
the source. More than is allowed, and nothing at all is retracted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from config.settings import RunSettings
from corpus.source import Lost
from corpus.spill import spilled
from extractor.batches import batched

if TYPE_CHECKING:
    from graph.client import Graph

Why = Lost | Literal["emptied", "with a malformed text", "in another language"]
MALFORMED: Why = "with a malformed text"
"""Such a record is a failure too, which is remembered when its document is retracted."""
BATCH = 500
"""Documents in one transaction, or one question to the graph."""


class Retractions:
    """Documents that are to be retracted, each with the reason; by id, in constant memory."""

    def __init__(self) -> None:
        self._connection = spilled(
            "CREATE TABLE document (id TEXT PRIMARY KEY, why TEXT) WITHOUT ROWID"
        )

    def add(self, document: str, why: Why) -> None:
        """Put a document aside; the last reason counts."""
        self._connection.execute("INSERT OR REPLACE INTO document VALUES (?, ?)", (document, why))

    def cancel(self, document: str) -> None:
        """Let a document stay, as the source has it again."""
        self._connection.execute("DELETE FROM document WHERE id = ?", (document,))

    def __bool__(self) -> bool:
        return self._connection.execute("SELECT 1 FROM document LIMIT 1").fetchone() is not None

    def batches(self) -> Iterator[dict[str, Why]]:
        """Yield the documents with their reasons, `BATCH` at a time."""
        with closing(self._connection.execute("SELECT id, why FROM document ORDER BY id")) as rows:
            yield from map(dict, batched(rows, BATCH))

    def close(self) -> None:
        """Remove the file."""
        self._connection.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class RetractionLimit:
    """What one run may retract of a source: so many documents, or so large a share of them."""

    documents: int
    share: float


def retraction_limit(settings: RunSettings, asked: float | None) -> RetractionLimit:
    """Return what the settings allow; a share that is asked for stands above theirs."""
    share = settings.max_retracted_share if asked is None else asked
    return RetractionLimit(documents=settings.free_retractions, share=share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of a source a run would retract, and why."""

    source: str
    known: int
    """Documents of the source in the graph."""
    reasons: Mapping[Why, int]
    """How many of these would be retracted for it."""

    @property
    def documents(self) -> int:
        """How many would be retracted."""
        return sum(self.reasons.values())

    def refusal(self, allowed: RetractionLimit, flow: str) -> str:
        """Say why nothing is retracted, and what lets it pass; empty where it is allowed."""
        if self.documents <= max(allowed.documents, allowed.share * self.known):
            return ""
        reasons = ", ".join(f"{count} {why}" for why, count in sorted(self.reasons.items()))
        return (
            f"nothing was retracted: {self.documents} of the {self.known} documents of "
            f"{self.source} would be ({reasons}), more than {allowed.share:.0%} of them and more "
            f"than {allowed.documents}. If the source, its query, its fields and the languages are "
            f"right: factloom {flow} --max-retracted-share 1.0 (at Prefect: max_retracted_share)"
        )


def extent(retractions: Retractions, graph: Graph, source: str) -> Extent:
    """Return how much would be retracted of what the graph has."""
    reasons: Counter[Why] = Counter()
    for batch in retractions.batches():
        reasons.update(batch[document] for document in graph.known(list(batch)))
    return Extent(source=source, known=graph.documents(source), reasons=reasons)
