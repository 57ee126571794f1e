"""Entities from CSV or JSONL of one's own.

CSV has a line of titles: id, name and type, and by choice aliases, former_ids and facts (several
in one cell, separated by '|'; a fact is a relation and an id, 'P17 wikidata:Q145'), description and
popularity.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterator
from io import TextIOWrapper
from typing import Any, BinaryIO

from corpus.errors import SourceRejected
from corpus.files.jsonl import parse_line, raw_lines
from corpus.knowledge.found import Entry, Found, LeftOut

log = logging.getLogger(__name__)

NEEDED = ("id", "name", "type")
LISTS = ("aliases", "former_ids", "facts")
OPTIONAL = ("description", "popularity")
SEPARATOR = "|"
_MOST_CHARACTERS = 1_000_000
"""Of a cell: some entities have hundreds of names."""


def csv_entries(file: BinaryIO) -> Iterator[Found]:
    """Yield the rows, and what is left out.

    Raises:
        SourceRejected: The titles will not do, or it is no CSV in UTF-8.
    """
    csv.field_size_limit(_MOST_CHARACTERS)
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    reader = csv.DictReader(text, strict=True)
    try:
        titles = reader.fieldnames or ()
        if missing := [title for title in NEEDED if title not in titles]:
            raise SourceRejected(
                f"the first line of the CSV lacks the titles {', '.join(missing)}: it has "
                f"{', '.join(titles) or 'none'}"
            )
        if unread := [title for title in titles if title not in (*NEEDED, *OPTIONAL, *LISTS)]:
            log.warning("columns that are not read: %s", ", ".join(unread))
        for row in reader:
            place = f"line {reader.line_num}"
            if None in row or None in row.values():
                yield LeftOut(place=place, reason="not as many cells as there are titles")
                continue
            yield _entry(place, row)
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceRejected(
            f"line {reader.line_num + 1} is no CSV in UTF-8 ({error}): correct the file"
        ) from error
    finally:
        text.detach()  # the file is closed by who opened it


def jsonl_entries(file: BinaryIO) -> Iterator[Found]:
    """Yield the records of a file that has them already, and what is left out."""
    for number, raw in raw_lines(file):
        place = f"line {number}"
        if raw is None:
            yield LeftOut(place=place, reason="a line that is too long")
        elif raw.strip():
            value = parse_line(number, raw).value
            if isinstance(value, dict):
                yield Entry(place=place, record=value)
            else:
                yield LeftOut(place=place, reason="no JSON object that can be read")


def _entry(place: str, row: dict[str, str]) -> Found:
    record: dict[str, Any] = {
        title: row.get(title, "").strip() for title in (*NEEDED, "description")
    }
    for title in LISTS:
        cells = row.get(title, "").split(SEPARATOR)
        record[title] = [cell.strip() for cell in cells if cell.strip()]
    record["facts"] = [fact.split() for fact in record["facts"]]
    try:
        record["popularity"] = float(row.get("popularity", "").strip() or 0)
    except ValueError:
        return LeftOut(place=place, reason="field 'popularity' is no number")
    return Entry(place=place, record=record)
