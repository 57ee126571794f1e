"""Texts in files -> what a graph says of them, after an ingest at the command line."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.parts.processes import factloom, local_environment
from benchmarks.quality.parts.genre_labels import Assertion

STATEMENTS = """
MATCH (h:Entity)-[m:MENTIONED_IN]->(d:Document)<-[:FROM]-(v:Evidence)
WHERE v.head = h.id
MATCH (t:Entity {id: v.tail})-[n:MENTIONED_IN]->(d)
RETURN d.id AS document, v.edge AS edge,
       v.probability * coalesce(v.link_confidence, 1.0) AS probability,
       coalesce(v.contradicts, '') AS contradicts, m.names AS heads, n.names AS tails
"""


def assertions(texts: Iterable[Path], checkpoint: Path | None = None) -> list[Assertion]:
    """Ingest the files in a fresh home; return what the graph says of each.

    Args:
        texts: files of texts.
        checkpoint: which extracts them, if not the shipped one.
    """
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "texts"
        source.mkdir()
        for path in texts:
            shutil.copy(path, source)
        environment = local_environment(Path(folder) / "home")
        if checkpoint is not None:
            environment["FACTLOOM_EXTRACTOR__CHECKPOINT"] = str(checkpoint.resolve())
        os.environ.update(environment)
        from flows.components import close_components, components

        try:
            factloom("ingest", str(source), "--name", "texts", environment=environment)
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
