"""Small CSV files that people write beside a knowledge base: no titles, a thing and its value."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from corpus.errors import SourceRejected


def csv_lines(path: Path, what: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the lines that hold anything, each with its number.

    Raises:
        SourceRejected: The file cannot be read; the message says what it is for.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from ((number, row) for number, row in enumerate(csv.reader(file), 1) if row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceRejected(f"{what} {path} cannot be read: {error}; correct the file") from error
