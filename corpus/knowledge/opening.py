"""A file, compressed or not, read as a stream."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeVar, cast

from corpus.errors import SourceRejected

Record = TypeVar("Record")


class Opened:
    """A file that is open: `.gz` and `.bz2` are compressed.

    Attributes:
        bytes: What is in it, not compressed.
        total: Its size in bytes, as it lies there.

    Raises:
        SourceRejected: It cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._raw = path.open("rb")
        except OSError as error:
            raise _unreadable(path, error) from error
        self.total = path.stat().st_size
        match path.suffix.lower():
            case ".gz":
                self.bytes = cast("BinaryIO", gzip.GzipFile(fileobj=self._raw, mode="rb"))
            case ".bz2":
                self.bytes = cast("BinaryIO", bz2.BZ2File(self._raw))
            case _:
                self.bytes = self._raw

    def done(self) -> int:
        """Return how many bytes of it are read."""
        return self._raw.tell()

    def through(self, records: Iterator[Record]) -> Iterator[Record]:
        """Yield what a reader of the file yields.

        Raises:
            SourceRejected: The file cannot be read to its end; the message names it.
        """
        try:
            yield from records
        except (EOFError, zlib.error) as error:
            raise _damaged(self._path, error) from error
        except OSError as error:  # without a number: what gzip and bz2 say of data that is none
            raise (_unreadable if error.errno else _damaged)(self._path, error) from error
        except SourceRejected as error:
            raise SourceRejected(f"{self._path}: {error}") from error

    def close(self) -> None:
        """Close the file."""
        self._raw.close()


def _unreadable(path: Path, error: OSError) -> SourceRejected:
    return SourceRejected(f"{path} cannot be read ({error.strerror}): correct its path")


def _damaged(path: Path, error: Exception) -> SourceRejected:
    return SourceRejected(
        f"{path} is cut off or damaged ({error}): copy or download it again; nothing was written"
    )
