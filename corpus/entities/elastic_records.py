"""How Elasticsearch holds the entity index: mapping, versions, and moving the alias.

An entity is one record with what is known of it, and one record for each surface form, with the
keys by which it is found: plain tokens, which no analyzer touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from elasticsearch import Elasticsearch

from corpus.elasticsearch.bulk import Write, write_all
from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.mapping import mappings_of
from corpus.entities.facts import fact_lines, parsed_facts
from corpus.entities.index import INDEX_FORMAT, IndexReport, Progress
from corpus.entities.keys import Form, surface_forms, weight
from corpus.errors import SourceRejected
from corpus.source import Skipped
from extractor.schema import Candidate

SHOWN_EVERY = 1_000
"""Entities between two steps of the progress."""
_KIND = "entities 1"
_KEPT = {"type": "keyword", "index": False, "doc_values": False}
_SOUGHT = {"type": "keyword", "doc_values": False}
_PROPERTIES: dict[str, Any] = {
    "entity": {"type": "keyword", "index": False},
    "popularity": {"type": "double", "index": False},
    "name": _KEPT,
    "type": _KEPT,
    "aliases": _KEPT,
    "description": _KEPT,
    "former_ids": _SOUGHT,
    "facts": _KEPT,
    "folded": _SOUGHT,
    "words": _SOUGHT,
    "trigrams": _SOUGHT,
    "length": {"type": "integer", "index": False},
    "weight": {"type": "double", "index": False},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An index that holds one version of the entities."""

    index: str
    format: str
    version: str
    entities: int


def current_version(server: Elastic, alias: str) -> Version | None:
    """Return the version that the alias stands for, None if there is no such alias.

    Raises:
        SourceUnavailable: The server does not answer.
        SourceRejected: Something that is no entity index has this name.
    """
    named = server.call(lambda client: _metas(client, alias))
    ours = _versions(alias, named)
    if len(named) > 1 or len(ours) != len(named):
        raise SourceRejected(
            f"{alias!r} is the name of something that is no entity index of Factloom, "
            f"and stays as it is: give the entity index another name"
        )
    return ours[0] if ours else None


def build_version(
    server: Elastic,
    alias: str,
    version: str,
    entries: Iterable[Candidate | Skipped],
    expected: int,
    *,
    keep: Version | None,
    progress: Progress,
) -> IndexReport:
    """Build a version from some entries and move the alias to it from `keep`.

    What earlier builds left, whole or in part, is removed first.
    """
    for left in _versions(alias, server.call(lambda client: _metas(client, f"{alias}-*"))):
        if keep is None or left.index != keep.index:
            server.call(partial(_delete, index=left.index))
    index = f"{alias}-{version}"
    meta = {
        "factloom": _KIND,
        "format": INDEX_FORMAT,
        "alias": alias,
        "version": version,
        "entities": 0,
    }
    mapping = {"_meta": meta, "dynamic": "strict", "properties": _PROPERTIES}
    quiet = {"index": {"refresh_interval": "-1"}}
    server.call(lambda client: client.indices.create(index=index, mappings=mapping, settings=quiet))

    skipped: list[Skipped] = []
    entities = 0

    def writes() -> Iterator[Write]:
        nonlocal entities
        for found in entries:
            if isinstance(found, Skipped):
                skipped.append(found)
            else:
                entities += 1
                yield from _writes(found)
                if entities % SHOWN_EVERY == 0:
                    progress(entities, expected)

    for refused in write_all(server, index, writes()):
        raise SourceRejected(f"{index}: the server refuses {refused.write.name}: {refused.reason}")
    progress(entities, entities)
    meta["entities"] = entities
    _publish(server, alias, index, meta, keep)
    return IndexReport(version=version, entities=entities, rebuilt=True, skipped=tuple(skipped))


def candidate_of(record: dict[str, Any]) -> Candidate:
    """Return the entity that a stored record holds."""
    return Candidate(
        id=record["entity"],
        name=record["name"],
        type=record["type"],
        aliases=tuple(record["aliases"]),
        description=record["description"],
        popularity=float(record["popularity"]),
        former_ids=tuple(record["former_ids"]),
        facts=parsed_facts(record["facts"]),
    )


def record_id(entity: str) -> str:
    """Return the `_id` of the record that says what is known of an entity."""
    return f"entity|{entity}"


def _writes(entity: Candidate) -> Iterator[Write]:
    place = {"entity": entity.id, "popularity": entity.popularity}
    known = {
        "name": entity.name,
        "type": entity.type,
        "aliases": list(entity.aliases),
        "description": entity.description,
        "former_ids": list(entity.former_ids),
        "facts": fact_lines(entity),
    }
    yield Write(
        id=record_id(entity.id),
        name=entity.id,
        record=place | known,
        characters=200 + sum(map(len, (entity.name, entity.description, *entity.aliases))),
    )
    for number, folded in enumerate(surface_forms(entity)):
        form = Form(folded)
        keys = {
            "folded": folded,
            "words": form.words,
            "trigrams": form.trigrams,
            "length": len(folded),
            "weight": weight(len(form.trigrams)),
        }
        yield Write(
            id=f"form|{number}|{entity.id}",
            name=entity.id,
            record=place | keys,
            characters=200 + 8 * len(folded),
        )


def _publish(
    server: Elastic, alias: str, index: str, meta: dict[str, Any], old: Version | None
) -> None:
    """Make a filled index searchable, complete its description, and move the alias to it."""
    actions: list[dict[str, Any]] = [{"add": {"index": index, "alias": alias}}]
    if old is not None:
        actions.append({"remove": {"index": old.index, "alias": alias}})
    normal = {"index": {"refresh_interval": None}}
    server.call(lambda client: client.indices.put_mapping(index=index, meta=meta))
    server.call(lambda client: client.indices.put_settings(index=index, settings=normal))
    server.call(lambda client: client.indices.refresh(index=index))
    server.call(lambda client: client.indices.update_aliases(actions=actions))


def _delete(client: Elasticsearch, *, index: str) -> None:
    client.indices.delete(index=index)


def _metas(client: Elasticsearch, name: str) -> dict[str, dict[str, Any]]:
    """Return what the mapping of each index behind a name or pattern says about it."""
    found = mappings_of(client, index=name)
    return {index: body["mappings"].get("_meta", {}) for index, body in found.items()}


def _versions(alias: str, metas: dict[str, dict[str, Any]]) -> list[Version]:
    return [
        Version(
            index=index,
            format=meta.get("format", ""),
            version=meta["version"],
            entities=meta["entities"],
        )
        for index, meta in metas.items()
        if meta.get("factloom") == _KIND and meta.get("alias") == alias
    ]
