"""A real graph that a checkpoint filled, and that a simulated person corrects."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.parts.processes import factloom, local_environment
from benchmarks.training.parts.simulated_person import Edge, Stated, Verdict, write_verdicts
from extractor.datasets.docred import LabelledDocument
from extractor.relations import RelationVocabulary
from flows.components import close_components, components
from flows.retrain.labels import labelled_by_verdicts
from graph.client import Graph
from graph.export.labels import verdicts_of

SOURCE = "redocred"
STATED = "MATCH (v:Evidence) RETURN v.head, v.relation, v.tail, v.document"
MENTIONED = "MATCH (e:Entity)-[m:MENTIONED_IN]->(d:Document) RETURN e.id, d.id, m.spans"
Entities = dict[tuple[str, int, int], str]
"""(title, start, end) of a mention -> the id of its entity."""
Judge = Callable[[Stated, Entities], list[Verdict]]


def corrected_documents(
    corpus: Path, checkpoint: Path, home: Path, vocabulary: RelationVocabulary, judge: Judge
) -> tuple[list[LabelledDocument], list[Verdict]]:
    """Return a person's verdicts, and what the flow `retrain` makes of them.

    Args:
        corpus: documents in DocRED's format, which keep their gold mentions.
        checkpoint: reads them.
        home: a new folder for the graph.
        vocabulary: the checkpoint's.
        judge: the person.
    """
    with _graph(corpus, checkpoint, home) as (graph, environment):
        verdicts = judge(_stated(graph), _entities(graph))
        file = home / "verdicts.csv"
        write_verdicts(file, verdicts)
        factloom("correct", str(file), environment=environment)
        source = components().source()
        labelled = labelled_by_verdicts(
            graph.read, verdicts_of(graph.corrections()), source, vocabulary, Counter()
        )
        return list(labelled), verdicts


@contextmanager
def _graph(corpus: Path, checkpoint: Path, home: Path) -> Iterator[tuple[Graph, dict[str, str]]]:
    """Ingest into an embedded graph, and stop it in the end."""
    home.mkdir(parents=True)
    environment = local_environment(home) | {
        "FACTLOOM_SOURCE__PATH": str(corpus),
        "FACTLOOM_SOURCE__NAME": SOURCE,
        "FACTLOOM_EXTRACTOR__CHECKPOINT": str(checkpoint),
    }
    factloom("ingest", environment=environment)
    os.environ.update(environment)
    close_components()
    try:
        yield components().graph, environment
    finally:
        close_components()
        factloom("down", environment=environment)


def _stated(graph: Graph) -> Stated:
    stated: defaultdict[Edge, set[str]] = defaultdict(set)
    for row in graph.query(STATED):
        edge = Edge(head=row["v.head"], relation=row["v.relation"], tail=row["v.tail"])
        stated[edge].add(_title(row["v.document"]))
    return stated


def _entities(graph: Graph) -> Entities:
    return {
        (_title(row["d.id"]), start, end): row["e.id"]
        for row in graph.query(MENTIONED)
        for start, end in zip(row["m.spans"][::2], row["m.spans"][1::2], strict=True)
    }


def _title(document: str) -> str:
    return document.removeprefix(f"{SOURCE}:")
