"""The file that entity indices are built from: JSONL, an entity a line.

{id, name, type, aliases, description, popularity, former_ids, facts}; the first three are required.
`corpus.knowledge` makes it from what knowledge bases publish.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from corpus.entities.index import INDEX_FORMAT
from corpus.entities.joining import joined
from corpus.entities.keys import MAX_NAME_CHARACTERS, MAX_NAME_WORDS, form_of
from corpus.entities.types import TypeAdvice
from corpus.errors import SourceRejected
from corpus.fields.texts import clean_line
from corpus.files.jsonl import lines_of, read_jsonl
from corpus.records import json_type, own_id, readable_id, reason_of
from corpus.source import Skipped
from corpus.spill import IdTable
from extractor.schema import Candidate, check_type_name

_REPEATED = "duplicate id: the first record with it counts"
_CONTRADICTED = f"{_REPEATED}, which has another name or type"


def duplicate(entity: Candidate, seen: IdTable) -> str:
    """Return why an entity is left out; empty where its id is new, which is then seen."""
    about = f"{entity.type} {entity.name}"
    if seen.add(entity.id, about):
        return ""
    return _REPEATED if seen.holds(entity.id, about) else _CONTRADICTED


def entities_version(path: Path, starter: Path | None = None) -> str:
    """Return the version that an index built from this file, above the starter's, has.

    Raises:
        SourceRejected: A file cannot be read.
    """
    begun = f"format {INDEX_FORMAT}\n"
    for each in filter(None, (starter, path)):
        with _readable(each), each.open("rb") as file:
            digest = hashlib.file_digest(file, partial(hashlib.sha256, begun.encode())).hexdigest()
        begun = f"{begun}{digest}\n" if each is starter else digest
    return begun[:16]


def read_entities(path: Path, starter: Path | None = None) -> Iterator[Candidate | Skipped]:
    """Yield the entities of a JSONL file, and what was skipped on the way.

    Args:
        path: the file; `.gz` is compressed.
        starter: a file whose entries stand below, None for no others.

    Raises:
        SourceRejected: A file cannot be read.
    """
    return _read(path) if starter is None else joined(_read(path), _read(starter))


def entities_in(path: Path, starter: Path | None = None) -> int:
    """Return about how many entities the files hold.

    Raises:
        SourceRejected: A file cannot be read.
    """
    count = 0
    for each in filter(None, (path, starter)):
        with _readable(each):
            count += lines_of(each)
    return count


def _read(path: Path) -> Iterator[Candidate | Skipped]:
    with _readable(path), closing(IdTable()) as seen:
        yield from _checked(path, seen)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        if isinstance(error, OSError) and error.strerror:
            raise SourceRejected(
                f"entity file {path} cannot be read ({error.strerror}): correct its path"
            ) from error
        raise SourceRejected(
            f"entity file {path} is damaged ({error}): copy or make it again"
        ) from error


def _checked(path: Path, seen: IdTable) -> Iterator[Candidate | Skipped]:
    advice = TypeAdvice()
    for line in read_jsonl(path):
        place = f"line {line.number}"
        found = f"the line {line.problem}" if line.problem else entity_of(line.value)
        known = found.id if isinstance(found, Candidate) else ""
        if isinstance(line.value, dict):
            known = known or readable_id(line.value)
        if isinstance(found, Candidate):
            if not (reason := duplicate(found, seen)):
                advice.give(f"{path.name} {place}", found.type)
                yield found
                continue
            found = reason
        yield Skipped(source=path.name, place=place, document=known, reason=found)


def is_name(value: str) -> bool:
    """Return whether an entity may have this name."""
    name = clean_line(value)
    if name.isascii() and len(name) <= 2 * MAX_NAME_WORDS:  # as most are: folding adds nothing
        return bool(name)
    return len(name) <= MAX_NAME_CHARACTERS and form_of(name) is not None


def entity_id(value: object) -> str:
    """Return an entity's id.

    Raises:
        ValueError: It is not '<knowledge base>:<id>'.
    """
    identifier = own_id(value)
    scheme, colon, local = identifier.partition(":")
    if not (colon and scheme and local) or scheme == "nil" or identifier.split() != [identifier]:
        raise ValueError("must be '<knowledge base>:<id>' without blanks, such as 'wikidata:Q84'")
    if len(identifier.encode()) > 256:
        raise ValueError("is longer than 256 bytes")
    return identifier


def _type(value: object) -> str:
    check_type_name(value)
    return str(value)


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a string, found {json_type(value)}")
    name = clean_line(value)
    if not name:
        raise ValueError("is empty")
    if not is_name(name):
        raise ValueError(f"has over {MAX_NAME_CHARACTERS} characters or {MAX_NAME_WORDS} words")
    return name


def _description(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a string, found {json_type(value)}")
    return clean_line(value)


def _relation(value: object) -> str:
    relation = own_id(value)
    if relation.split() != [relation] or len(relation.encode()) > 256:
        raise ValueError("must be a relation's id without blanks, such as 'P17'")
    return relation


class _EntityRecord(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Annotated[str, BeforeValidator(entity_id)]
    name: Annotated[str, BeforeValidator(_name)]
    type: Annotated[str, BeforeValidator(_type)]
    aliases: tuple[Annotated[str, BeforeValidator(_name)], ...] = ()
    description: Annotated[str, BeforeValidator(_description)] = ""
    popularity: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)] = 0.0
    former_ids: tuple[Annotated[str, BeforeValidator(entity_id)], ...] = ()
    facts: tuple[
        tuple[
            Annotated[str, BeforeValidator(_relation)], Annotated[str, BeforeValidator(entity_id)]
        ],
        ...,
    ] = ()


def entity_of(record: object) -> Candidate | str:
    """Return the entity, or what is wrong with the record."""
    if not isinstance(record, dict):
        return f"must be an object with id, name and type, found {json_type(record)}"
    try:
        checked = _EntityRecord.model_validate(record)
    except ValidationError as error:
        return reason_of(error)
    aliases = dict.fromkeys(alias for alias in checked.aliases if alias != checked.name)
    return Candidate(
        id=checked.id,
        name=checked.name,
        type=checked.type,
        aliases=tuple(aliases),
        description=checked.description,
        popularity=checked.popularity + 0.0,  # -0.0 sorts apart from 0.0 in Elasticsearch
        former_ids=tuple(sorted(set(checked.former_ids) - {checked.id})),
        facts=tuple(sorted(set(checked.facts))),
    )
