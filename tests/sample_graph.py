"""What samples/ states, as a checkpoint that made no mistake would extract it: a graph to ask."""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from extractor.names import fold_name
from extractor.relations import RelationVocabulary
from extractor.schema import Document, Entity, Extraction, Mention, Statement
from graph.model.records import RunInfo

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
FIRST_RUN, SECOND_RUN = (
    RunInfo(
        id=f"run-{number}",
        flow="ingest",
        checkpoint="samples@1",
        config_hash="samples",
        git_sha="",
        started_at=f"2026-11-0{number}T00:00:00Z",
    )
    for number in (1, 2)
)
CANDIDATE = {"Ballymote": "wikidata:Q805151"}
"""Name -> the entry that it may be, too doubtful to link."""
TIMES = {"P569", "P570", "P571", "P577"}
PEOPLE = {"P19", "P20", "P22", "P25", "P26", "P27", "P40", "P569", "P570", "P3373"}
RUMOURS = [
    {
        "document": "rumours",
        "head": head,
        "relation": relation,
        "tail": tail,
        "head_names": [],
        "tail_names": [],
        "contradicts": contradicts,
    }
    for head, relation, tail, contradicts in (
        ("Brother Walfrid", "P19", "Dublin", "P19 wikidata:Q805151"),
        ("County Sligo", "P131", "Ballymote", ""),
    )
]
"""What no sample says: a second birth place, and a county that lies in its own town."""
RUMOURS_DOCUMENT = {
    "id": "rumours",
    "title": "Rumours",
    "text": "Some have Brother Walfrid born in Dublin. Others put County Sligo in Ballymote.",
    "updated_at": "2026-10-01T00:00:00Z",
    "url": "",
}


def relations() -> RelationVocabulary:
    """Return the shipped checkpoint's relations."""
    config = json.loads((ROOT / "models" / "factloom-minilm" / "config.json").read_text())
    return RelationVocabulary.from_json(config["relations"]["vocabulary"])


def sample_extractions() -> list[Extraction]:
    """Return what every sample document states, then the rumours."""
    facts = defaultdict(list)
    for fact in (*_lines("facts.jsonl"), *RUMOURS):
        facts[fact["document"]].append(fact)
    known = _known_entities()
    documents = (*_lines("documents.jsonl"), RUMOURS_DOCUMENT)
    return [_extraction(document, facts[document["id"]], known) for document in documents]


@dataclass(slots=True)
class _Named:
    """An entity while its names in one document are gathered."""

    id: str
    type: str
    entry: dict[str, Any] | None
    names: set[str] = field(default_factory=set)


def _extraction(
    document: dict[str, Any], facts: list[dict[str, Any]], known: dict[str, dict[str, Any]]
) -> Extraction:
    text = document["text"]
    entities: dict[str, _Named] = {}
    statements: dict[tuple[str, str, str], Statement] = {}
    for fact in facts:
        head = _entity(fact, "head", entities, known, text)
        tail = _entity(fact, "tail", entities, known, text)
        triple = (head.id, fact["relation"], tail.id)
        if head.id != tail.id:
            statement = _statement(triple, text, fact["tail"])
            statements[triple] = replace(statement, contradicts=fact.get("contradicts", ""))
    return Extraction(
        document=Document(
            id=f"samples:{document['id']}",
            source="samples",
            title=document["title"],
            text=text,
            updated_at=document["updated_at"],
            url=document["url"],
        ),
        entities=tuple(_record(named, text) for named in entities.values()),
        statements=tuple(statements.values()),
    )


def _entity(
    fact: dict[str, Any],
    end: str,
    entities: dict[str, _Named],
    known: dict[str, dict[str, Any]],
    text: str,
) -> _Named:
    names = {name for name in (fact[end], *fact[f"{end}_names"]) if name in text}
    entry = next((known[name] for name in sorted(names) if name in known), None)
    if entry is None:
        type_ = "MISC"
        if end == "tail" and fact["relation"] in TIMES:
            type_ = "TIME"
        elif end == "head" and fact["relation"] in PEOPLE:
            type_ = "PER"
        id_ = f"nil:{_digest(fold_name(fact[end]))[:16]}"
        found = entities.setdefault(id_, _Named(id_, type_, None))
    else:
        found = entities.setdefault(entry["id"], _Named(entry["id"], entry["type"], entry))
    found.names |= names
    return found


def _record(named: _Named, text: str) -> Entity:
    entry = named.entry or {}
    name = entry.get("name") or max(sorted(named.names), key=len)
    return Entity(
        id=named.id,
        name=name,
        type=named.type,
        mentions=tuple(_mentions(named, text)),
        linked=named.entry is not None,
        kb_id=named.id.removeprefix("wikidata:") if named.entry else "",
        link_confidence=0.99 if named.entry else 0.0,
        candidate="" if named.entry else CANDIDATE.get(name, ""),
        candidate_confidence=0.4 if name in CANDIDATE and not named.entry else 0.0,
        aliases=tuple(entry.get("aliases", ())),
        description=entry.get("description", ""),
    )


def _mentions(named: _Named, text: str) -> Iterator[Mention]:
    starts = {text.index(name): name for name in sorted(named.names, key=len)}
    for start, name in sorted(starts.items()):
        yield Mention(start=start, end=start + len(name), type=named.type)


def _statement(triple: tuple[str, str, str], text: str, tail: str) -> Statement:
    sentences = text.split(". ")
    place = next((at for at, each in enumerate(sentences) if tail in each), 0)
    probability = 0.4 + 0.599 * int(_digest("|".join(triple))[:8], 16) / 16**8
    return Statement(
        head=triple[0],
        relation=triple[1],
        tail=triple[2],
        margin=round(math.log(probability / (1 - probability)) + 1, 4),
        probability=probability,
        sentences=(place,),
        text=sentences[place],
    )


def _known_entities() -> dict[str, dict[str, Any]]:
    """Return the entity of each name: of several, the best known."""
    known: dict[str, dict[str, Any]] = {}
    for entry in sorted(_lines("entities.jsonl"), key=lambda each: int(each["popularity"])):
        known |= dict.fromkeys((entry["name"], *entry["aliases"]), entry)
    return known


def _lines(name: str) -> list[dict[str, Any]]:
    lines = (SAMPLES / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
