"""A stand-in for the model: a document says "London P17 Paris.", and that is what it asserts.

What it finds is a function of the text, the entity index and the checkpoint's name alone. A name is
linked where an entry of the index has it, else it is a NIL.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace

from corpus.entities.index import EntityIndex
from extractor.errors import DocumentRejected
from extractor.linking.nil import nil_id
from extractor.schema import Candidate, Document, Entity, Extraction, Mention, Statement
from extractor.text.sentences import split_sentences

TYPES = {
    "London": "LOC",
    "Greater London": "LOC",
    "Paris": "LOC",
    "Ada Lovelace": "PER",
    "Countess Lovelace": "PER",
    "Royal Society": "ORG",
    "Fen Hall": "ORG",
    "Charles": "PER",
    "1815": "TIME",
}
"""Names in texts, and what a detector takes them for."""
RELATIONS = {"P17": "country", "P19": "place of birth", "P131": "located in", "P463": "member of"}
UNREADABLE = "Nobody can read this."
_NAME = re.compile("|".join(sorted(map(re.escape, TYPES), key=len, reverse=True)))
_STATED = re.compile(rf"({_NAME.pattern}) ({'|'.join(RELATIONS)}) ({_NAME.pattern})\.")


@dataclass(slots=True)
class Reader:
    """What stands in for `extractor.pipeline.Extractor`."""

    checkpoint_name: str
    index: EntityIndex
    refused: Set[str] = frozenset()
    """Documents that it fails at today, whatever they say."""
    seconds: dict[str, float] = field(default_factory=dict)

    def attempt(
        self, documents: Sequence[Document], stopped: Callable[[], bool]
    ) -> list[Extraction | DocumentRejected]:
        """Return for each document its extraction, or why it cannot be read."""
        return [
            DocumentRejected(document.id, "nobody can read it")
            if UNREADABLE in document.text or document.id in self.refused
            else self._extraction(document)
            for document in documents
        ]

    def _extraction(self, document: Document) -> Extraction:
        entities: dict[str, Entity] = {}
        ids: dict[str, str] = {}
        for match in _NAME.finditer(document.text):
            found = self._entity(document, match)
            ids[match.group()] = found.id
            known = entities.get(found.id)
            entities[found.id] = found if known is None else _together(known, found)
        return Extraction(
            document=document,
            entities=tuple(entities.values()),
            statements=tuple(self._statements(document, ids)),
        )

    def _entity(self, document: Document, match: re.Match[str]) -> Entity:
        name = match.group()
        mention = Mention(start=match.start(), end=match.end(), type=TYPES[name])
        entry = self._entry(name)
        if entry is None:
            id_ = nil_id(document, TYPES[name], name)
            return Entity(id=id_, name=name, type=TYPES[name], mentions=(mention,))
        return Entity(
            id=entry.id,
            name=entry.name,
            type=entry.type,
            mentions=(mention,),
            linked=True,
            kb_id=entry.id.partition(":")[2],
            link_confidence=round(0.5 + _share(document.id, name) / 2, 6),
            aliases=entry.aliases,
            description=entry.description,
        )

    def _entry(self, name: str) -> Candidate | None:
        for candidate in self.index.candidates([name])[name]:
            if name in (candidate.name, *candidate.aliases):
                return candidate
        return None

    def _statements(self, document: Document, ids: dict[str, str]) -> list[Statement]:
        """Return what the sentences state; of one edge that two of them state, the surer."""
        best: dict[tuple[str, str, str], Statement] = {}
        for number, span in enumerate(split_sentences(document.text)):
            text = document.text[span.start : span.end]
            stated = _STATED.search(text)
            if stated is None or _share(self.checkpoint_name, text) < 0.2:
                continue
            head, relation, tail = ids[stated[1]], stated[2], ids[stated[3]]
            margin = round(0.001 + 9 * _share(self.checkpoint_name, text, "margin"), 6)
            key = (head, relation, tail)
            if head != tail and (key not in best or best[key].margin < margin):
                best[key] = Statement(
                    head=head,
                    relation=relation,
                    tail=tail,
                    margin=margin,
                    probability=margin / (1 + margin),
                    sentences=(number,),
                    text=text,
                )
        return list(best.values())


def _together(one: Entity, other: Entity) -> Entity:
    """Return one entity with the mentions of both."""
    return replace(
        one,
        mentions=(*one.mentions, *other.mentions),
        link_confidence=max(one.link_confidence, other.link_confidence),
    )


def _share(*parts: str) -> float:
    """Return a number of [0, 1) that looks random and never changes."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32
