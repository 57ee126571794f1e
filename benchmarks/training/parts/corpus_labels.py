"""A text and its labels, as `docs/how-to/labelling.md` describes them -> a record of DocRED's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from benchmarks.training.parts.corpus_rules import Triple, completed, optional
from corpus.knowledge.countries import countries
from extractor.schema import ENTITY_TYPES, Document, Span
from extractor.text.blocks import blocks_of
from extractor.text.sentences import split_sentences

TOKEN = re.compile(r"\w+|[^\w\s]")
FORM = re.compile(r"(?P<form>.+?)(?:#(?P<place>\d+))?(?P<hidden>!?)", re.DOTALL)
FAMILY = frozenset({"P22", "P25", "P26", "P40", "P3373"})
PEOPLE_ONLY = {
    "head": FAMILY
    | {"P19", "P20", "P27", "P39", "P54", "P69", "P102", "P108", "P551", "P569", "P570", "P937"},
    "tail": FAMILY | {"P6", "P35", "P57", "P58", "P86", "P488", "P676"},
}
"""Relations whose head or tail is somebody; a group now and then, which `MISC` and `ORG` are."""
PLACES = {"P17", "P19", "P20", "P131", "P30", "P551", "P159", "P937", "P740"}
COUNTRIES = {each.name for each in countries() if not each.region}
TIMES = {"P569", "P570", "P571", "P576", "P577", "P580", "P582", "P585"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Named(_Strict):
    """An entity as its labels give it."""

    name: str
    type: str
    forms: tuple[str, ...]


class Labels(_Strict):
    """What one text states."""

    title: str
    kind: str
    entities: tuple[Named, ...]
    facts: tuple[tuple[str, str, str, tuple[int, ...]], ...]
    optional: tuple[tuple[str, str, str], ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    tempting: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(slots=True)
class Labelled:
    """A text with its labels, and what is wrong with them."""

    document: Document
    sentences: Sequence[Span]
    labels: Labels
    mentions: dict[str, list[Span]] = field(default_factory=dict)
    """Name of the entity -> its mentions, ascending."""
    facts: dict[Triple, tuple[int, ...]] = field(default_factory=dict)
    optional: set[Triple] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


def read_labels(path: Path) -> Labels:
    """Read the labels of a text.

    Raises:
        ValueError: they are not as the rules want them.
    """
    try:
        return Labels.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        told = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ValueError("; ".join(told)) from error


def labelled(document: Document, labels: Labels, relations: Sequence[str]) -> Labelled:
    """Return a text with its labels, checked and completed."""
    sentences = sentences_of(document)
    result = Labelled(document=document, sentences=sentences, labels=labels)
    names = [each.name for each in labels.entities]
    result.errors += [f"{name!r} is there twice" for name in set(names) if names.count(name) > 1]
    result.mentions = _mentions(result)
    result.errors += _wrong(labels, set(names), relations, len(sentences))
    if not result.errors:
        stated = {(head, r, tail): said for head, r, tail, said in labels.facts}
        types = {each.name: each.type for each in labels.entities}
        result.facts = completed(stated, types, COUNTRIES)
        result.optional = optional(result.facts, labels.optional, labels.places, types, COUNTRIES)
        result.errors += [
            f"tempting, and yet a fact: {head} {r} {tail}"
            for head, r, tail, _ in labels.tempting
            if (head, r, tail) in result.facts
        ]
    return result


def sentences_of(document: Document) -> tuple[Span, ...]:
    """Return the sentences of a text, by whose numbers facts are said to be stated."""
    return split_sentences(document.text, blocks_of(document))


def _mentions(of: Labelled) -> dict[str, list[Span]]:
    """Find the mentions: the longest forms first, none across the end of a sentence."""
    claims: dict[str, dict[int | None, str | None]] = {}
    for entity in of.labels.entities:
        for form in entity.forms:
            read = FORM.fullmatch(form)
            if read is None or not TOKEN.search(read["form"]):
                of.errors.append(f"{form!r} is no form")
                continue
            place = int(read["place"]) if read["place"] else None
            known = claims.setdefault(read["form"], {})
            if known.get(place, entity.name) != entity.name:
                of.errors.append(f"{form!r} is of {known[place]!r} and of {entity.name!r}")
            known[place] = None if read["hidden"] else entity.name
    found: dict[str, list[Span]] = {entity.name: [] for entity in of.labels.entities}
    for form, spans in _places(of.document.text, of.sentences, list(claims)).items():
        owners = claims[form]
        of.errors += [f"{form!r} is not in the text, or only in longer forms"] * (not spans)
        of.errors += [
            f"{form}#{place}: there are {len(spans)}"
            for place in owners
            if place is not None and place > len(spans)
        ]
        for place, span in zip(count(1), spans):
            owner = owners.get(place, owners.get(None))
            if owner is not None:
                found[owner].append(span)
    of.errors += [f"{name!r} has no mention" for name, spans in found.items() if not spans]
    return {name: sorted(spans, key=lambda span: span.start) for name, spans in found.items()}


def _places(text: str, sentences: Sequence[Span], forms: Sequence[str]) -> dict[str, list[Span]]:
    taken: list[Span] = []
    found: dict[str, list[Span]] = {}
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        words = r"\s+".join(map(re.escape, form.split()))
        found[form] = []
        for match in re.finditer(rf"(?<!\w){words}(?!\w)", text):
            span = Span(start=match.start(), end=match.end())
            inside = any(s.start <= span.start and span.end <= s.end for s in sentences)
            if inside and not any(s.start < span.end and span.start < s.end for s in taken):
                found[form].append(span)
        taken += found[form]
    return found


def _wrong(
    labels: Labels, names: set[str], relations: Sequence[str], sentences: int
) -> Iterator[str]:
    types = {each.name: each.type for each in labels.entities}
    yield from (
        f"{each.name!r}: no type {each.type!r}"
        for each in labels.entities
        if each.type not in ENTITY_TYPES
    )
    every = [*labels.facts, *labels.optional, *labels.tempting]
    for head, relation, tail, *_ in every:
        yield from (
            f"{end!r} is no entity: {head} {relation} {tail}"
            for end in (head, tail)
            if end not in names
        )
        if relation not in relations:
            yield f"no relation {relation!r}: {head}, {tail}"
        if head == tail:
            yield f"{head!r} {relation} itself"
    for pair in labels.places:
        yield from (f"{end!r} of places is no entity" for end in pair if end not in names)
    for head, relation, tail, said in labels.facts:
        fact = f"{head} {relation} {tail}"
        if not said or not all(0 <= each < sentences for each in said):
            yield f"{fact}: sentences {list(said)} of {sentences}, counted from 0"
        if relation in PEOPLE_ONLY["head"] and types.get(head) not in ("PER", "MISC", None):
            yield f"{fact}: the head is no person"
        if relation in PEOPLE_ONLY["tail"] and types.get(tail) not in ("PER", "MISC", "ORG", None):
            yield f"{fact}: the tail is no person"
        if relation in PLACES and types.get(tail) not in ("LOC", "ORG", "MISC", None):
            yield f"{fact}: the tail is no place"
        if (relation in TIMES) != (types.get(tail, "TIME") == "TIME"):
            yield f"{fact}: a date is the tail of {sorted(TIMES)}, and only of these"


def record(of: Labelled) -> dict[str, Any]:
    """Return the record: DocRED's keys, and the text with the places of its tokens and blocks."""
    text = of.document.text
    tokens = [list(TOKEN.finditer(text, s.start, s.end)) for s in of.sentences]
    index = {entity.name: n for n, entity in enumerate(of.labels.entities)}
    return {
        "title": of.labels.title,
        "kind": of.labels.kind,
        "file": of.document.id.partition(":")[2],
        "sents": [[token.group() for token in row] for row in tokens],
        "vertexSet": [
            [_mention(text, span, entity.type, tokens) for span in of.mentions[entity.name]]
            for entity in of.labels.entities
        ],
        "labels": [
            {"h": index[head], "t": index[tail], "r": relation, "evidence": list(said)}
            for (head, relation, tail), said in sorted(of.facts.items())
        ],
        "optional": sorted([index[head], r, index[tail]] for head, r, tail in of.optional),
        "text": text,
        "starts": [[token.start() for token in row] for row in tokens],
        "blocks": [[b.start, b.end, b.kind, b.group, b.line] for b in blocks_of(of.document)],
    }


def _mention(
    text: str, span: Span, type_: str, tokens: Sequence[Sequence[re.Match[str]]]
) -> dict[str, Any]:
    for number, row in enumerate(tokens):
        if row and row[0].start() <= span.start and span.end <= row[-1].end():
            inside = [n for n, token in enumerate(row) if span.start <= token.start() < span.end]
            name = " ".join(text[span.start : span.end].split())
            pos = [inside[0], inside[-1] + 1]
            return {"name": name, "sent_id": number, "pos": pos, "type": type_}
    raise AssertionError("mentions lie in sentences")
