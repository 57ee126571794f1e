"""Entities from a Wikidata JSON dump: one array, an entity a line, or the lines alone (NDJSON).

https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html has the format. An item's first
label is its name, those in the other languages and all aliases are its further names; the number of
its site links is its popularity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from corpus.errors import SourceRejected
from corpus.files.jsonl import parse_line, raw_lines
from corpus.knowledge.found import Entry, Found, LeftOut
from corpus.knowledge.wikidata_types import DEFAULT_TYPES, SKIPPED, type_of

EVERY_LANGUAGE = "mul"
"""The language code of names that are the same in all languages."""
_INSTANCE_OF = "P31"


@dataclass(frozen=True, slots=True, kw_only=True)
class WikidataOptions:
    """What is taken from a dump."""

    languages: Sequence[str] = ("en",)
    """Of names, the first preferred; `mul` is always among them."""
    types: Mapping[str, str] = field(default_factory=lambda: dict(DEFAULT_TYPES))
    """Class -> type."""


def wikidata_entries(file: BinaryIO, options: WikidataOptions) -> Iterator[Found]:
    """Yield the items, and what is left out.

    Raises:
        SourceRejected: The array does not end: a part of the dump is missing.
    """
    begun, ended = b"", False
    for number, raw in raw_lines(file):
        place = f"line {number}"
        if raw is None:
            yield LeftOut(place=place, reason="a line that is too long")
            continue
        text = raw.strip().removesuffix(b",")
        begun = begun or text[:1]
        ended = text == b"]" or (ended and not text)
        if text in (b"[", b"]", b""):
            continue
        line = parse_line(number, text)
        if isinstance(line.value, dict):
            yield _item(place, line.value, options)
        else:
            yield LeftOut(place=place, reason="no JSON object that can be read")
    if not ended and begun != b"{":  # without brackets nothing tells a part from the whole
        raise SourceRejected(
            "the dump does not end with a line ']': a part of it is missing; download it again, or "
            "give an item a line, without brackets"
        )


def _item(place: str, item: dict[str, Any], options: WikidataOptions) -> Found:
    if item.get("type") != "item":
        return LeftOut(place=place, reason="no item (a property or a lexeme)")
    try:
        claims = _mapping(item.get("claims"))
        type_ = type_of(_classes(claims), claims.keys(), options.types)
        if type_ is None:
            return LeftOut(place=place, reason="nothing tells its type")
        if type_ == SKIPPED:
            return LeftOut(place=place, reason="a class that holds no entities")
        languages = (*options.languages, EVERY_LANGUAGE)
        labels = _values(item.get("labels"), languages)
        if not labels:
            return LeftOut(place=place, reason="no label in these languages")
        descriptions = _values(item.get("descriptions"), languages)
        record = {
            "id": f"wikidata:{item['id']}",
            "name": labels[0],
            "type": type_,
            "aliases": [*labels[1:], *_values(item.get("aliases"), languages)],
            "description": descriptions[0] if descriptions else "",
            "popularity": len(_mapping(item.get("sitelinks"))),
        }
        return Entry(place=place, record=record)
    except (KeyError, TypeError, AttributeError):
        return LeftOut(place=place, reason="not built as Wikidata's items are")


def _classes(claims: Mapping[str, Any]) -> list[str]:
    """Return what an item is an instance of, the preferred first, without the deprecated."""
    ranked: dict[str, list[str]] = {"preferred": [], "normal": []}
    for statement in claims.get(_INSTANCE_OF, ()):
        snak = statement["mainsnak"]
        if snak["snaktype"] == "value" and (rank := statement.get("rank", "normal")) in ranked:
            ranked[rank].append(snak["datavalue"]["value"]["id"])
    return [*ranked["preferred"], *ranked["normal"]]


def _values(of_language: object, languages: Sequence[str]) -> list[str]:
    """Return labels, descriptions or aliases, language by language."""
    found: list[str] = []
    values = _mapping(of_language)
    for language in languages:
        value = values.get(language, [])
        found += [each["value"] for each in (value if isinstance(value, list) else [value])]
    return found


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping; PHP writes an empty one as an empty array."""
    return value or {}
