"""The tables of Wikidata's items and of their relations."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

Triple = tuple[str, str, str]
"""Head, relation, tail: ('Q84', 'P17', 'Q145')."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What the table says of an item."""

    id: str
    """'Q84'."""
    label: str
    aliases: tuple[str, ...]
    description: str
    classes: tuple[str, ...]
    """What it is an instance of."""


def read_items(folder: Path) -> list[Item]:
    """Return the items of `entities.tsv`."""
    with (folder / "entities.tsv").open(encoding="utf-8", newline="") as file:
        return [
            Item(
                id=row["qid"],
                label=" ".join(row["label"].split()),
                aliases=tuple(" ".join(alias.split()) for alias in row["aliases"].split("|")),
                description=" ".join(row["description"].split()),
                classes=tuple(filter(None, row["types"].split("|"))),
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


def read_triples(folder: Path) -> Iterator[Triple]:
    """Yield the lines of `triples.tsv`."""
    with (folder / "triples.tsv").open(encoding="utf-8") as file:
        for line in file:
            if len(cells := line.rstrip("\n").split("\t")) == 3:
                yield cells[0], cells[1], cells[2]
