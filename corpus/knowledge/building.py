"""A knowledge base's own file -> the file of entities that indices are built from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO

from corpus.entities.file import duplicate, entity_of, is_name
from corpus.entities.index import Progress, unseen
from corpus.entities.types import TypeAdvice
from corpus.knowledge.found import Found, LeftOut
from corpus.knowledge.geonames import geonames_entries
from corpus.knowledge.kinds import Kind, source_kind
from corpus.knowledge.mesh import mesh_entries
from corpus.knowledge.opening import Opened
from corpus.knowledge.redirects import Redirects
from corpus.knowledge.table import csv_entries, jsonl_entries
from corpus.knowledge.wikidata import WikidataOptions, wikidata_entries
from corpus.spill import IdTable
from extractor.files import whole_file
from extractor.schema import Candidate

SHOWN_EVERY = 1_000
"""Records between two steps of the progress."""
BYTES_A_PLACE = 340
"""Of GeoNames: for the progress, which is in bytes."""
MOST_REASONS = 50
"""That are told apart."""


@dataclass(kw_only=True)
class BuildReport:
    """What became of the records of a source."""

    entities: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    """reason -> records."""
    examples: dict[str, str] = field(default_factory=dict)
    """reason -> place of the first such record."""
    names_left_out: int = 0
    """Aliases that are no names: empty, or too long."""

    def leave_out(self, place: str, reason: str) -> None:
        """Count a record that gives no entity."""
        if reason not in self.left_out and len(self.left_out) >= MOST_REASONS:
            reason = "other reasons"
        self.left_out[reason] += 1
        self.examples.setdefault(reason, place)


def build_entities(
    source: Path,
    output: Path,
    *,
    kind: Kind | None = None,
    types: Collection[str] = (),
    wikidata: WikidataOptions | None = None,
    redirects: Path | None = None,
    progress: Progress = unseen,
) -> BuildReport:
    """Write the entities of a source as a file; it is there when it is whole, and holds one.

    Args:
        source: what the knowledge base published; `.gz` and `.bz2` are compressed. `geonames`
            stands for the places of the package.
        output: JSONL.
        kind: what the source is; None: what it looks like.
        types: types of the entities that are kept; all, where there are none.
        wikidata: what is taken from a Wikidata dump.
        redirects: CSV of the ids that were merged into others.
        progress: told now and then how many bytes of how many are read.

    Raises:
        SourceRejected: The source cannot be read to its end; nothing is written then.
    """
    kind = kind or source_kind(source)
    report, advice = BuildReport(), TypeAdvice()
    output.parent.mkdir(parents=True, exist_ok=True)
    with (
        whole_file(output) as draft,
        closing(Redirects(redirects, scheme=f"{kind}:")) as merged,
        closing(IdTable()) as seen,
    ):
        with draft.open("w", encoding="utf-8") as lines:
            for found in _records(kind, source, wikidata or WikidataOptions(), progress):
                entity = _entity(found, report)
                if isinstance(entity, str):
                    report.leave_out(found.place, entity)
                elif types and entity.type not in types:
                    report.leave_out(found.place, "another type")
                elif reason := duplicate(entity, seen):
                    report.leave_out(found.place, reason)
                else:
                    advice.give(f"{source.name} {found.place}", entity.type)
                    lines.write(_line(entity, merged.of(entity.id)))
                    report.entities += 1
        if not report.entities:
            draft.unlink()
    return report


def _records(
    kind: Kind, source: Path, wikidata: WikidataOptions, progress: Progress
) -> Iterator[Found]:
    if kind == "geonames":
        for number, total, found in geonames_entries():
            if number % SHOWN_EVERY == 0:
                progress(number * BYTES_A_PLACE, total * BYTES_A_PLACE)
            yield found
        return
    with closing(Opened(source)) as file:
        reader = _readers(wikidata)[kind]
        for number, found in enumerate(file.through(reader(file.bytes))):
            if number % SHOWN_EVERY == 0:
                progress(file.done(), file.total)
            yield found
        progress(file.total, file.total)


def _readers(wikidata: WikidataOptions) -> Mapping[Kind, Callable[[BinaryIO], Iterator[Found]]]:
    return {
        "wikidata": partial(wikidata_entries, options=wikidata),
        "mesh": mesh_entries,
        "csv": csv_entries,
        "jsonl": jsonl_entries,
    }


def _entity(found: Found, report: BuildReport) -> Candidate | str:
    """Return the entity, or why there is none."""
    if isinstance(found, LeftOut):
        return found.reason
    aliases = found.record.get("aliases", [])
    if not isinstance(aliases, list):
        return entity_of(found.record)
    names = [alias for alias in aliases if isinstance(alias, str) and is_name(alias)]
    report.names_left_out += len(aliases) - len(names)
    return entity_of(found.record | {"aliases": names})


def _line(entity: Candidate, merged: list[str]) -> str:
    former_ids = sorted({*entity.former_ids, *merged})
    record = asdict(entity) | {"former_ids": former_ids}
    return json.dumps(record, ensure_ascii=False) + "\n"
