"""Ids that a knowledge base has merged into others: CSV, the old id and the new in each line."""

from __future__ import annotations

from pathlib import Path

from corpus.entities.file import entity_id
from corpus.errors import SourceRejected
from corpus.knowledge.csv_lines import csv_lines
from corpus.spill import spilled

_FOLLOWED = """
WITH RECURSIVE merged (old) AS (
    SELECT old FROM redirect WHERE new = ?
    UNION SELECT redirect.old FROM redirect JOIN merged ON redirect.new = merged.old
)
SELECT old FROM merged WHERE old <> ? ORDER BY old
"""


class Redirects:
    """Who was merged into whom, on disk: Wikidata has millions of them.

    Args:
        path: the file; None has no redirects.
        scheme: what to put before ids that have none, 'wikidata:'.

    Raises:
        SourceRejected: The file cannot be read, or a line has not two ids.
    """

    def __init__(self, path: Path | None, *, scheme: str = "") -> None:
        self._connection = spilled("CREATE TABLE redirect (new TEXT, old TEXT)")
        if path is not None:
            self._read(path, scheme)
        self._connection.execute("CREATE INDEX redirect_new ON redirect (new)")

    def of(self, identifier: str) -> list[str]:
        """Return the ids that were merged into this one, over others too."""
        found = self._connection.execute(_FOLLOWED, (identifier, identifier))
        return [old for (old,) in found]

    def close(self) -> None:
        """Remove what is on disk."""
        self._connection.close()

    def _read(self, path: Path, scheme: str) -> None:
        for number, row in csv_lines(path, "redirects"):
            try:
                old, new = (
                    entity_id(cell if ":" in cell else f"{scheme}{cell.strip()}") for cell in row
                )
            except ValueError as error:
                raise SourceRejected(
                    f"{path} line {number} has not two ids ({error}): write the old id "
                    "and the new, as in Q2,Q1"
                ) from error
            self._connection.execute("INSERT INTO redirect VALUES (?, ?)", (new, old))
