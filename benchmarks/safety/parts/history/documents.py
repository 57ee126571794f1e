"""Sources of documents, as files that steps edit; one of them is read on from a position."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.safety.parts.history.reading import RELATIONS, TYPES, UNREADABLE
from benchmarks.safety.parts.positioned import PositionedFiles
from corpus.files.source import FileSource
from corpus.source import DocumentSource

PAGE = 2
STATED = 25
EMPTY: tuple[dict[str, Any], ...] = ({"text": ""}, {"text": None}, {"text": " \n"}, {})
"""How the text of a record may be no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A record of a file."""

    number: int
    """Of the change that wrote it."""
    sentences: tuple[str, ...]
    day: int
    other: dict[str, Any] = field(default_factory=dict)
    """What stands in place of its text."""


@dataclass(slots=True)
class Documents:
    """A source, and what its records say."""

    name: str
    path: Path
    positioned: bool
    """Whether it is read on from a position; else it is always read whole."""
    records: dict[str, Written] = field(default_factory=dict)
    changes: int = 0

    def source(self) -> DocumentSource:
        """Return the source as the flows read it."""
        files = FileSource(self.name, self.path)
        if not self.positioned:
            return files
        return PositionedFiles(files, numbers=self._numbers, page=PAGE)

    def id_of(self, own: str) -> str:
        """Return the id under which the graph knows a document."""
        return f"{self.name}:{own}"

    def write(self, own: str, randomness: random.Random) -> None:
        """Add a document, or change it."""
        sentences = randomness.sample(SENTENCES, randomness.randint(1, 5))
        self._put(own, sentences=(*sentences, "That is all."), day=randomness.randint(1, 28))

    def redact(self, own: str, randomness: random.Random) -> None:
        """Take a sentence out."""
        if own in self.records and len(sentences := self.records[own].sentences) > 1:
            out = randomness.randrange(len(sentences))
            left = (*sentences[:out], *sentences[out + 1 :])
            self._put(own, sentences=left, day=self.records[own].day)

    def empty(self, own: str, randomness: random.Random) -> None:
        """Let a record have no text any more."""
        self._replace(own, randomness.choice(EMPTY))

    def mark_deleted(self, own: str) -> None:
        """Mark a record as deleted."""
        self._replace(own, {"deleted": True})

    def spoil(self, own: str) -> None:
        """Let a document be one that cannot be extracted."""
        if own in self.records:
            record = self.records[own]
            self._put(own, sentences=(*record.sentences, UNREADABLE), day=record.day)

    def mend(self) -> None:
        """Let every document be one that can be extracted."""
        for own, record in list(self.records.items()):
            if UNREADABLE in record.sentences:
                kept = tuple(each for each in record.sentences if each != UNREADABLE)
                self._put(own, sentences=kept, day=record.day)

    def remove(self, own: str) -> None:
        """Take a record out of the file."""
        self.records.pop(own, None)
        self.save()

    def save(self, only: set[str] | None = None) -> None:
        """Write the file; with these records only, if they are given."""
        lines = []
        for own, record in sorted(self.records.items(), key=lambda item: item[1].number):
            if only is None or own in only:
                text = {"text": " ".join(record.sentences)}
                head = {"id": own, "title": f"Document {own}"}
                time = {"updated_at": f"2026-01-{record.day:02}T12:00:00Z"}
                lines.append(json.dumps({**head, **time, **(record.other or text)}) + "\n")
        self.path.write_text("".join(lines), encoding="utf-8")

    def _numbers(self) -> list[int]:
        """Return the numbers of the file's records, in its order."""
        held = [json.loads(line)["id"] for line in self.path.read_text().splitlines()]
        return [self.records[own].number for own in held]

    def _put(self, own: str, **fields: Any) -> None:
        self.changes += 1
        self.records[own] = Written(number=self.changes, **fields)
        self.save()

    def _replace(self, own: str, other: dict[str, Any]) -> None:
        if own in self.records:
            self.changes += 1
            self.records[own] = replace(self.records[own], number=self.changes, other=other)
            self.save()


def _sentences() -> tuple[str, ...]:
    """Return so few sentences that documents often state the same edge."""
    randomness, relations = random.Random(0), sorted(RELATIONS)
    pairs = [randomness.sample(sorted(TYPES), 2) for _ in range(STATED)]
    stated = [f"{head} {randomness.choice(relations)} {tail}." for head, tail in pairs]
    return (*stated, *(f"Of {name} nothing more is said." for name in TYPES))


SENTENCES = _sentences()
