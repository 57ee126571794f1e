"""How much of the graph is right on texts as people have them: news, mail, minutes, tables, ...?

All texts of `samples/genres` are ingested as the files that they are, at the command line, into an
empty graph; its evidence is held against the labels. (0.1 read text alone: `genres_before` is of
one JSONL of them.) An assertion is right if the text states it, counts neither way if a careful
annotator may or may not list it, and is wrong otherwise, as it is where one of its entities is two
things in one. Only names are judged, not what they are linked to. Recall is over the facts that
have to be there. Intervals hold 95 of 100 shares of texts that are drawn again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.processes import factloom, local_environment
from benchmarks.parts.report import ROOT, write
from benchmarks.quality.parts.genre_labels import Assertion, Judged, Labels, judge, labels_of
from extractor.calibration.counts import score_of

TEXTS = ROOT / "samples" / "genres"
SAMPLES = 1_000
STATEMENTS = """
MATCH (h:Entity)-[m:MENTIONED_IN]->(d:Document)<-[:FROM]-(v:Evidence)
WHERE v.head = h.id
MATCH (t:Entity {id: v.tail})-[n:MENTIONED_IN]->(d)
RETURN d.id AS document, v.edge AS edge,
       v.probability * coalesce(v.link_confidence, 1.0) AS probability,
       coalesce(v.contradicts, '') AS contradicts, m.names AS heads, n.names AS tails
"""


def assertions(texts: Path) -> list[Assertion]:
    """Ingest the texts in a fresh home; return what the graph says of each."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "texts"
        source.mkdir()
        for path in texts.iterdir():
            if path.is_file() and path.name != "README.md":
                shutil.copy(path, source)
        environment = local_environment(Path(folder) / "home")
        os.environ.update(environment)
        from flows.components import close_components, components

        try:
            factloom("ingest", str(source), "--name", "genres", environment=environment)
            rows = components().graph.query(STATEMENTS)
        finally:
            close_components()
            factloom("down", environment=environment)
    return [
        Assertion(
            document=Path(row["document"].partition(":")[2]).stem,
            relation=row["edge"].split("|")[1],
            probability=row["probability"],
            heads=tuple(row["heads"]),
            tails=tuple(row["tails"]),
            contradicted=bool(row["contradicts"]),
        )
        for row in rows
    ]


def figures(found: Sequence[Assertion], labels: Sequence[Labels]) -> dict[str, float]:
    """Return the counts and shares, with intervals, in the order of the documents."""
    judged = [
        judge([each for each in found if each.document == own.document], own) for own in labels
    ]
    rng = np.random.default_rng(0)
    samples = rng.integers(len(judged), size=(SAMPLES, len(judged)))
    result: dict[str, float] = {
        "texts": len(labels),
        "facts": sum(each.facts for each in judged),
        "asserted": sum(len(each.scored()) for each in judged),
    }
    for least in (0.0, 0.5, 0.8, 0.9):
        end = f"_{least * 100:.0f}" if least else ""
        if least:
            result[f"edges{end}"] = sum(len(each.scored(least)) for each in judged)
        result |= _with_interval(f"precision{end}", judged, samples, _precision(least))
    result |= _with_interval("recall", judged, samples, _recall)
    result |= _with_interval("f1", judged, samples, _f1)
    return result | {
        "tempted": sum(each.tempted for each in judged),
        "contradictions": sum(each.contradicted for each in judged),
    }


def _with_interval(
    name: str,
    judged: Sequence[Judged],
    samples: NDArray[np.int64],
    score: Callable[[Sequence[Judged]], float],
) -> dict[str, float]:
    drawn = [score([judged[n] for n in sample]) for sample in samples]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return {name: score(judged), f"{name}_low": float(low), f"{name}_high": float(high)}


def _precision(least: float) -> Callable[[Sequence[Judged]], float]:
    def share(judged: Sequence[Judged]) -> float:
        scored = [right for each in judged for right in each.scored(least)]
        return sum(scored) / max(len(scored), 1)

    return share


def _recall(judged: Sequence[Judged]) -> float:
    return sum(each.found for each in judged) / max(sum(each.facts for each in judged), 1)


def _f1(judged: Sequence[Judged]) -> float:
    return score_of(_precision(0.0)(judged), _recall(judged)).f1


if __name__ == "__main__":
    labels = [labels_of(path) for path in sorted((TEXTS / "labels").glob("*.json"))]
    write("genres", figures(assertions(TEXTS), labels), title="Texts of many kinds")
