"""Can every document that is accepted be stored, changed and taken out again, on both servers?

Three documents are sent together: one with 5,000 statements, one whose statements each
quote all of its plain prose, one with 2,000 entities that it names again and again. Each is
written, changed and retracted; what the graph then holds is counted. Exits with 1 where a
statement is missing.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, permutations
from pathlib import Path

from benchmarks.parts.report import write
from benchmarks.speed.backfill import embedded_graph, neo4j_graph
from benchmarks.speed.parts.upsert_graphs import RELATIONS
from extractor.schema import Document, Entity, Extraction, Mention, Statement
from graph.client import Graph
from graph.export.labels import LabelsLeftOut, document_labels
from graph.export.pages import ExportReport, pages
from graph.model.records import RunInfo

SOURCE = "long"
RUN = RunInfo(
    id="long",
    flow="ingest",
    checkpoint="benchmark@1",
    config_hash="benchmark",
    git_sha="",
    started_at="2026-11-01T00:00:00Z",
)
STATEMENTS = 5_000
PROSE_CHARACTERS = 34_000
PROSE_STATEMENTS = 600
ENTITIES = 2_000
MENTIONS = 40
"""Of each of the many entities."""
SENTENCE = "He had walked along the river for an hour before anybody of the house saw him there. "


def documents() -> list[Extraction]:
    """Return the documents, as an extraction would give them."""
    prose = (SENTENCE * (PROSE_CHARACTERS // len(SENTENCE) + 1))[:PROSE_CHARACTERS]
    return [
        _extraction("statements", entities=200, mentions=1, statements=STATEMENTS, said=SENTENCE),
        _extraction("prose", entities=40, mentions=1, statements=PROSE_STATEMENTS, said=prose),
        _extraction("entities", entities=ENTITIES, mentions=MENTIONS, statements=10, said=SENTENCE),
    ]


def changed(made: Extraction) -> Extraction:
    """Return what a document says after half of its statements have become others."""
    kept = made.statements[::2]
    others = tuple(
        replace(each, relation=RELATIONS.ids[-1], margin=each.margin + 1)
        for each in made.statements[1::2]
    )
    document = replace(made.document, title=f"{made.document.title}, changed")
    return replace(made, document=document, statements=kept + others)


def _extraction(
    name: str, *, entities: int, mentions: int, statements: int, said: str
) -> Extraction:
    names = [f"Person {number} of the {name}" for number in range(entities)]
    text = ". ".join(one for one in names for _ in range(mentions))
    known = tuple(_entities(name, names, mentions))
    ids = [entity.id for entity in known]
    return Extraction(
        document=Document(
            id=f"{SOURCE}:{name}",
            source=SOURCE,
            title=f"A document of many {name}",
            text=text,
            updated_at="2026-11-01T00:00:00Z",
        ),
        entities=known,
        statements=tuple(_statements(ids, statements, said)),
    )


def _entities(prefix: str, names: Sequence[str], mentions: int) -> Iterator[Entity]:
    at = 0
    for number, name in enumerate(names):
        step = len(name) + 2
        starts = range(at, at + mentions * step, step)
        at += mentions * step
        yield Entity(
            id=f"nil:{prefix}:{number}",
            name=name,
            type="PER",
            mentions=tuple(Mention(start=s, end=s + len(name), type="PER") for s in starts),
        )


def _statements(ids: Sequence[str], number: int, said: str) -> Iterator[Statement]:
    for place, (head, tail) in enumerate(islice(permutations(ids, 2), number)):
        yield Statement(
            head=head,
            relation=RELATIONS.ids[place % (len(RELATIONS.ids) - 1)],
            tail=tail,
            margin=1.0 + place / number,
            probability=0.5,
            sentences=(0,),
            text=f"{said} {place}",
        )


def measure(graph: Graph) -> dict[str, float]:
    """Return how many statements there should be and were, over all steps, and what it took."""
    graph.ensure_schema()
    first = documents()
    second = [changed(each) for each in first]
    figures: dict[str, float] = {"statements": 0, "stored": 0, "left": 0}
    for step, made in (("write", first), ("change", second)):
        started = time.perf_counter()
        graph.writer(RUN, RELATIONS).upsert(made)
        figures[f"{step}_s"] = time.perf_counter() - started
        figures["statements"] += sum(len(each.statements) for each in made)
        figures["stored"] += stored(graph, made)
    started = time.perf_counter()
    left_out = LabelsLeftOut()
    edges = dict.fromkeys(sorted(expected(second))[:200], "confirmed")
    list(document_labels(graph.read, edges, left_out))
    figures["labels_s"] = time.perf_counter() - started
    started = time.perf_counter()
    graph.writer(RUN, RELATIONS).retract([each.document.id for each in second])
    figures["retract_s"] = time.perf_counter() - started
    figures["left"] = sum(graph.counts().values())
    return figures


def expected(made: Sequence[Extraction]) -> set[tuple[str, str, str]]:
    """Return the edges that documents state."""
    return {(each.head, each.relation, each.tail) for one in made for each in one.statements}


def stored(graph: Graph, made: Sequence[Extraction]) -> int:
    """Return how many of the documents' statements an export gives back, whole, with their edge."""
    texts = {
        (one.document.id, each.head, each.relation, each.tail): each.text
        for one in made
        for each in one.statements
    }
    edges: set[tuple[str, str, str]] = set()
    evidence: dict[tuple[str, str, str, str], str] = {}
    for page in pages(graph.read, ExportReport()):
        for row in page.rows:
            if page.table.name == "edges":
                edges.add((row["head"], row["relation"], row["tail"]))
            elif page.table.name == "evidence":
                key = (row["document"], row["head"], row["relation"], row["tail"])
                evidence[key] = row["text"]
    surplus = evidence.keys() - texts.keys()
    found = sum(evidence.get(key) == text and key[1:] in edges for key, text in texts.items())
    return found - len(surplus)


def main() -> None:
    """Measure both servers, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="not needed here")
    parser.parse_args()
    figures: dict[str, float] = {"statements": 0, "stored": 0, "left": 0}
    with tempfile.TemporaryDirectory() as folder:
        for name, start in (("embedded", embedded_graph), ("neo4j", neo4j_graph)):
            with start(Path(folder) / name) as graph:
                own = measure(graph)
            for key in ("statements", "stored", "left"):
                figures[key] += own.pop(key)
            figures |= {f"{name}_{key}": value for key, value in own.items()}
    write("long_documents", figures, title="long documents")
    if figures["stored"] != figures["statements"] or figures["left"]:
        sys.exit("statements are missing, or something was left")


if __name__ == "__main__":
    main()
