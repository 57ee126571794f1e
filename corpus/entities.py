"""The entity index: which entities a name may stand for.

The records come from a JSONL file, {id, name, type, aliases, description, popularity, former_ids}.
An index holds them by surface form (the name and each alias), folded by
`extractor.names.fold_name`.

Every backend answers alike: entities with a surface form equal to the folded name come first, then
those with a surface form that holds all its words; each part in the order of rank, which is
popularity (largest first), then id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from corpus.errors import SourceRejected
from corpus.jsonl import read_jsonl
from corpus.records import (
    Skipped,
    clean_line,
    json_type,
    own_id,
    readable_id,
    reason_of,
)
from extractor.names import fold_name
from extractor.schema import Candidate, check_type_name

INDEX_FORMAT = "2"
"""Part of every index's version: raise it when the same file must give another index."""
MAX_NAME_WORDS = 64
MAX_NAME_CHARACTERS = 512


class EntityIndex(Protocol):
    """Entities by name and by id."""

    @property
    def version(self) -> str:
        """Hash of the contents: equal versions give equal answers, on any backend."""
        ...

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return for each name, as given, the entities it may stand for, best first."""
        ...

    def get(self, ids: Sequence[str]) -> dict[str, Candidate]:
        """Return the entities with these ids that the index has, each under the id asked for.

        An id that the knowledge base has merged into another gives the entity that has it among
        its `former_ids`: the best known one, where several have.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexReport:
    """What building an entity index did."""

    version: str
    entities: int
    rebuilt: bool
    """False: the index was already built from the same contents, and nothing was touched."""
    skipped: tuple[Skipped, ...] = ()
    """Records that are no entities; told when the index is rebuilt."""


Progress = Callable[[int, int], None]
"""Told how many entities of about how many are done."""


def unseen(done: int, total: int) -> None:
    """Show nobody the progress."""


def lines_of(path: Path) -> int:
    """Return about how many lines a file has, without decoding it."""
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def folded(name: str) -> str:
    """Return a name as the index compares it; any string will do."""
    return fold_name(clean_line(name))


def words_of(folded_name: str) -> tuple[str, ...]:
    """Return the distinct words of a folded name, none if it is larger than a name may be."""
    words = tuple(dict.fromkeys(folded_name.split()))
    small = len(folded_name) <= MAX_NAME_CHARACTERS and len(words) <= MAX_NAME_WORDS
    return words if small else ()


def surface_forms(entity: Candidate) -> tuple[str, ...]:
    """Return the distinct folded names of an entity, sorted."""
    return tuple(sorted({folded(name) for name in (entity.name, *entity.aliases)}))


def entities_version(path: Path) -> str:
    """Return the version that an index built from this file has.

    Raises:
        SourceRejected: The file cannot be read.
    """
    digest = hashlib.sha256(f"format {INDEX_FORMAT}\n".encode())
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise SourceRejected(
            f"entity file {path} cannot be read ({error.strerror}): correct its path"
        ) from error
    return digest.hexdigest()[:16]


def read_entities(path: Path) -> Iterator[Candidate | Skipped]:
    """Yield the entities of a JSONL file, and what was skipped on the way.

    Raises:
        SourceRejected: The file cannot be read.
    """
    seen: set[bytes] = set()
    try:
        for line in read_jsonl(path):
            found = f"the line {line.problem}" if line.problem else _entity(line.value)
            known = found.id if isinstance(found, Candidate) else ""
            if isinstance(line.value, dict):
                known = known or readable_id(line.value)
            if isinstance(found, Candidate):
                digest = hashlib.blake2b(found.id.encode(), digest_size=16).digest()
                if digest not in seen:
                    seen.add(digest)
                    yield found
                    continue
                found = "duplicate id: the first record with it was kept"
            place = f"line {line.number}"
            yield Skipped(source=path.name, place=place, document=known, reason=found)
    except OSError as error:
        raise SourceRejected(
            f"entity file {path} cannot be read ({error.strerror}): correct its path"
        ) from error


def _entity_id(value: object) -> str:
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
    if len(name) > MAX_NAME_CHARACTERS or not words_of(folded(name)):
        raise ValueError(f"has over {MAX_NAME_CHARACTERS} characters or {MAX_NAME_WORDS} words")
    return name


def _description(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a string, found {json_type(value)}")
    return clean_line(value)


class _EntityRecord(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Annotated[str, BeforeValidator(_entity_id)]
    name: Annotated[str, BeforeValidator(_name)]
    type: Annotated[str, BeforeValidator(_type)]
    aliases: tuple[Annotated[str, BeforeValidator(_name)], ...] = ()
    description: Annotated[str, BeforeValidator(_description)] = ""
    popularity: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)] = 0.0
    former_ids: tuple[Annotated[str, BeforeValidator(_entity_id)], ...] = ()


def _entity(record: object) -> Candidate | str:
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
    )
