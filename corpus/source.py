"""What a source of documents yields, and what every source can do."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from corpus.fields.texts import TextState
from extractor.schema import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A record that is not a document; it is reported and the run goes on."""

    source: str
    """File or index."""
    place: str
    """'line 12', or the record's id in its index."""
    document: str
    """Document id; empty if it cannot be told."""
    reason: str
    duplicate: bool = False
    """Whether another record of the same id counts in its place."""
    index: str = ""
    """The Elasticsearch index that holds it; empty for files."""
    foreign: bool = False
    """Whether it is a document that is left out for its language: nothing is wrong with it."""
    text: TextState = "there"
    """Unless it is there, what the graph has quoted of it goes."""


Lost = Literal["no longer in the source", "marked as deleted", "no longer matching the query"]
"""Why a source says that a document is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A document that its source no longer has, or no longer wants to be read."""

    document: str
    """Document id."""
    why: Lost = "no longer in the source"


Record = Document | Skipped | Gone


def id_of(record: Record) -> str:
    """Return the id of the document that a record is about; empty if it cannot be told."""
    return record.id if isinstance(record, Document) else record.document


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some records of a source, and how far it is read with them."""

    records: tuple[Record, ...]
    position: str
    """To be kept once everything up to this page is written; empty where a source has none."""


class DocumentSource(Protocol):
    """Where documents come from."""

    name: str

    def pages(self, position: str) -> Generator[Page, None, None]:
        """Yield what changed since a position; since the empty one, everything."""
        ...

    def expected(self, position: str) -> int:
        """Return about how many records `pages` will yield, for a progress bar."""
        ...

    def fetch(self, ids: Sequence[str]) -> Iterator[Record]:
        """Yield the documents of these ids as they are now; `Gone` for those that are nowhere."""
        ...

    def missing(self, places: Mapping[str, str]) -> dict[str, str | None]:
        """Return the documents that are not at their place: where they are now, or None.

        Args:
            places: document id -> the index that held it; empty for files.
        """
        ...

    def unread(self) -> str:
        """Say what the last reading saw and did not read; empty where it read all."""
        ...

    def close(self) -> None:
        """Let go of what reading holds."""
        ...
