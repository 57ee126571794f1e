"""Measure the starter index and the places of GeoNames: what they hold and cost, their twins.

`wiki_fair_ids_held` counts the ids of `wiki_fair.json` that the shipped index has; nothing else of
that file is looked at.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.parts.report import data_folder, write
from benchmarks.training.parts.starter.items import read_items, read_triples
from benchmarks.training.parts.starter.names import CommonWords
from benchmarks.training.starter_index import OUTPUT, typed_items
from corpus.entities.file import read_entities
from corpus.entities.joining import GEONAMES
from corpus.entities.sqlite import SqliteEntityIndex
from corpus.knowledge.building import build_entities
from corpus.knowledge.kinds import GEONAMES as PLACES
from extractor.schema import Candidate


@dataclass(slots=True)
class Cost:
    """What some work took, in seconds."""

    wall: float = 0.0
    cpu: float = 0.0


@contextmanager
def _measured() -> Iterator[Cost]:
    cost, wall, cpu = Cost(), time.perf_counter(), time.process_time()
    yield cost
    cost.wall, cost.cpu = time.perf_counter() - wall, time.process_time() - cpu


def _entities(path: Path, starter: Path | None = None) -> list[Candidate]:
    return [each for each in read_entities(path, starter) if isinstance(each, Candidate)]


def _wiki_fair_ids(data: Path) -> set[str]:
    documents = json.loads((data / "wikidata" / "wiki_fair.json").read_text(encoding="utf-8"))
    clusters = (cluster for document in documents for cluster in document["vertexSet"])
    mentions = (mention for cluster in clusters for mention in cluster)
    return {f"wikidata:{each['wikidata_qcode']}" for each in mentions if each.get("wikidata_qcode")}


def shipped(data: Path, folder: Path) -> dict[str, float]:
    """Return what the shipped file holds, and what an index of it costs."""
    entities = _entities(OUTPUT)
    with _measured() as cost:
        SqliteEntityIndex.build(folder / "starter.sqlite", OUTPUT)
    items, triples = read_items(data / "wikidata"), list(read_triples(data / "wikidata"))
    _, left_out = typed_items(items, triples, CommonWords(data / "docred"))
    ids = _wiki_fair_ids(data)
    return {
        "items": len(items),
        "entities": len(entities),
        "untyped": left_out["nothing tells its type"],
        "left_out_otherwise": left_out.total() - left_out["nothing tells its type"],
        "aliases": sum(len(entity.aliases) for entity in entities),
        "facts": sum(len(entity.facts) for entity in entities),
        "places": sum(entity.type == "LOC" for entity in entities),
        "places_with_country": sum(
            entity.type == "LOC" and any(relation == "P17" for relation, _ in entity.facts)
            for entity in entities
        ),
        "megabytes": OUTPUT.stat().st_size / 1e6,
        "build_s": cost.wall,
        "build_cpu_s": cost.cpu,
        "wiki_fair_ids": len(ids),
        "wiki_fair_ids_held": len(ids & {entity.id for entity in entities}),
    }


def geonames(folder: Path) -> dict[str, float]:
    """Return how many places there are, what they cost, and how many are items below them."""
    file = folder / "geonames.jsonl"
    with _measured() as cost:
        report = build_entities(PLACES, file)
    with _measured() as index_cost:
        built = SqliteEntityIndex.build(folder / "both.sqlite", file, starter=OUTPUT)
    both = _entities(file, OUTPUT)
    return {
        "geonames_entities": report.entities,
        "geonames_left_out": report.left_out.total(),
        "geonames_names": sum(1 + len(entity.aliases) for entity in _entities(file)),
        "geonames_build_s": cost.wall,
        "geonames_build_cpu_s": cost.cpu,
        "geonames_index_cpu_s": index_cost.cpu,
        "both_entities": built.entities,
        "twins": sum(
            entity.id.startswith("wikidata:")
            and any(former.startswith(GEONAMES) for former in entity.former_ids)
            for entity in both
        ),
    }


def main(data: Path) -> None:
    """Measure both and write the figures down."""
    with TemporaryDirectory() as folder:
        figures = shipped(data, Path(folder)) | geonames(Path(folder))
    write("starter", figures, title="The starter index, and GeoNames above it")


if __name__ == "__main__":
    main(data_folder(__doc__))
