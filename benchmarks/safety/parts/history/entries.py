"""The file that the entity index is built from, and what a knowledge base does to it."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace
from pathlib import Path

from benchmarks.safety.parts.history.reading import TYPES
from extractor.schema import Candidate

KNOWN = ("London", "Greater London", "Paris", "Ada Lovelace", "Countess Lovelace", "Royal Society")
LATE = "Fen Hall"
"""A name that is a NIL until an entry appears; what people say of a NIL must follow it then."""
OTHER_TYPES = ("LOC", "ORG", "MISC")


def _first() -> dict[str, Candidate]:
    entries = {}
    for number, name in enumerate(KNOWN, start=1):
        id_ = f"wikidata:Q{number}"
        entries[id_] = Candidate(id=id_, name=name, type=TYPES[name], popularity=100 - number)
    return entries


@dataclass(slots=True)
class Entries:
    """The entries of today."""

    path: Path
    entries: dict[str, Candidate] = field(default_factory=_first)
    merged: dict[str, str] = field(default_factory=dict)
    """Ids of before -> what they are now."""

    def appear(self) -> None:
        """Give `LATE` an entry."""
        id_ = f"wikidata:Q{len(KNOWN) + 1}"
        if id_ not in self.entries and id_ not in self.merged:
            self.entries[id_] = Candidate(id=id_, name=LATE, type=TYPES[LATE])
            self.write()

    @property
    def appeared(self) -> bool:
        """Whether `LATE` is in the index."""
        return any(LATE in (each.name, *each.aliases) for each in self.entries.values())

    def change(self, randomness: random.Random) -> None:
        """Let an entry have another type and description."""
        id_ = randomness.choice(sorted(self.entries))
        type_ = randomness.choice(OTHER_TYPES)
        text = f"as of version {randomness.randint(1, 1_000)}"
        self.entries[id_] = replace(self.entries[id_], type=type_, description=text)
        self.write()

    def merge(self, randomness: random.Random) -> None:
        """Merge an entry into another, which has its names and ids from then on."""
        if len(self.entries) < 3:
            return
        old, new = randomness.sample(sorted(self.entries), 2)
        gone, kept = self.entries.pop(old), self.entries[new]
        self.entries[new] = replace(
            kept,
            aliases=(*kept.aliases, gone.name, *gone.aliases),
            former_ids=(*kept.former_ids, gone.id, *gone.former_ids),
        )
        self.merged = {id_: new if now == old else now for id_, now in self.merged.items()}
        self.merged[old] = new
        self.write()

    def write(self) -> None:
        """Write the file."""
        lines = [
            json.dumps(
                {
                    "id": each.id,
                    "name": each.name,
                    "type": each.type,
                    "aliases": each.aliases,
                    "description": each.description,
                    "popularity": each.popularity,
                    "former_ids": each.former_ids,
                }
            )
            for each in self.entries.values()
        ]
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
