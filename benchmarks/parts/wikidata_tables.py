"""An entity index, with facts, of the tables of Wikidata's items and of their relations.

An item's type is that of its classes, else the one that most of its relations ask for; an item that
nothing tells the type of is left out. Its popularity is how many relations name it. Countries of
the past are none here: what has a continent and no country is one.
"""

from __future__ import annotations

import csv
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from corpus.entities.sqlite import SqliteEntityIndex
from corpus.knowledge.wikidata_types import DEFAULT_TYPES
from extractor.checks.facts import CONTINENT, COUNTRY
from extractor.schema import Candidate

KEPT = frozenset({"P17", "P131", "P30", "P36", "P27", "P19", "P20", "P159"})
"""Relations whose facts the index carries."""
_ASKED = {
    "head": {"PER": "P19 P20 P27 P106 P1412", "ORG": "P112 P159 P740", "LOC": "P30 P36 P47 P131"},
    "tail": {"PER": "P57 P161 P50", "ORG": "P54 P69 P102 P463", "LOC": "P17 P19 P20 P27 P30 P131"},
}
_TYPE_ASKED = {
    (end, relation): type_
    for end, types in _ASKED.items()
    for type_, relations in types.items()
    for relation in relations.split()
}


class FactIndex:
    """An index in SQLite whose entries carry their facts."""

    def __init__(self, data: Path, folder: Path) -> None:
        """Build it in a folder, from `wikidata/` of the data."""
        entries = read_entries(data / "wikidata")
        self._facts = {entry.id: entry.facts for entry in entries}
        file = folder / "entities.jsonl"
        lines = (json.dumps(asdict(entry), ensure_ascii=False) for entry in entries)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        SqliteEntityIndex.build(folder / "entities.sqlite", file)
        self._index = SqliteEntityIndex(folder / "entities.sqlite")

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return for each name, as given, the entries it may stand for, best first."""
        return {
            name: tuple(replace(each, facts=self._facts[each.id]) for each in found)
            for name, found in self._index.candidates(names, limit=limit).items()
        }


def read_entries(folder: Path) -> list[Candidate]:
    """Return the items whose type is known, with their facts."""
    facts: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    asked: defaultdict[str, Counter[str]] = defaultdict(Counter)
    degrees: Counter[str] = Counter()
    lies_in: defaultdict[str, set[str]] = defaultdict(set)
    for head, relation, tail in _rows(folder / "triples.tsv"):
        degrees.update((head, tail))
        for end, item in (("head", head), ("tail", tail)):
            if type_ := _TYPE_ASKED.get((end, relation)):
                asked[item][type_] += 1
        if relation in (COUNTRY, CONTINENT):
            lies_in[head].add(relation)
        if relation in KEPT and head != tail:
            facts[head].add((relation, f"wikidata:{tail}"))
    for item in facts:
        past = {
            (relation, value)
            for relation, value in facts[item]
            if relation == COUNTRY and lies_in[value.partition(":")[2]] != {CONTINENT}
        }
        facts[item] -= past
    with (folder / "entities.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [
        Candidate(
            id=f"wikidata:{row['qid']}",
            name=" ".join(row["label"].split()),
            type=type_,
            aliases=tuple(alias for alias in row["aliases"].split("|") if alias != alias.lower()),
            description=" ".join(row["description"].split()),
            popularity=float(degrees[row["qid"]]),
            facts=tuple(sorted(facts[row["qid"]])),
        )
        for row in rows
        if (type_ := _type(row, asked)) and row["label"].strip()
    ]


def _type(row: Mapping[str, str], asked: Mapping[str, Counter[str]]) -> str:
    classes = [DEFAULT_TYPES[each] for each in row["types"].split("|") if each in DEFAULT_TYPES]
    if classes:
        return classes[0]
    counts = asked.get(row["qid"], Counter())
    return min(counts, key=lambda type_: (-counts[type_], type_), default="")


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            head, relation, tail = line.rstrip("\n").split("\t")
            yield head, relation, tail
