"""A file whose documents are read on from a position, as those of an index are."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

from corpus.files.source import FileSource
from corpus.source import Page, Record


class PositionedFiles:
    """A source that numbers the records of a file, and yields those above a number.

    Args:
        source: of the file.
        numbers: of the file's records, ascending; by default from 1 on.
        page: records in a page.
        seconds: that a page takes.
    """

    def __init__(
        self,
        source: FileSource,
        *,
        numbers: Callable[[], Sequence[int]] | None = None,
        page: int,
        seconds: float = 0.0,
    ) -> None:
        self.name = source.name
        self._source = source
        self._numbers = numbers
        self._page = page
        self._seconds = seconds

    def pages(self, position: str) -> Generator[Page, None, None]:
        """Yield what comes after the position, a few records a page."""
        records = [record for page in self._source.pages("") for record in page.records]
        numbers = self._numbers() if self._numbers else range(1, len(records) + 1)
        numbered = zip(numbers, records, strict=True)
        new = [each for each in numbered if each[0] > int(position or 0)]
        for at in range(0, len(new), self._page):
            time.sleep(self._seconds)
            own = new[at : at + self._page]
            yield Page(records=tuple(record for _, record in own), position=str(own[-1][0]))

    def expected(self, position: str) -> int:
        """Return how many documents the file has."""
        return self._source.expected(position)

    def fetch(self, ids: Sequence[str]) -> Iterator[Record]:
        """Yield documents by id."""
        return self._source.fetch(ids)

    def missing(self, places: Mapping[str, str]) -> dict[str, str | None]:
        """Return what is not there."""
        return self._source.missing(places)

    def unread(self) -> str:
        """Say what the last reading saw and did not read."""
        return self._source.unread()

    def close(self) -> None:
        """Let go of the file."""
        self._source.close()
