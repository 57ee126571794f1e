"""Pure modules load nothing heavy, so that their tests begin at once."""

from __future__ import annotations

import subprocess
import sys

from tests.unit.project.compose import ROOT

HEAVY = ("prefect", "torch", "transformers", "elasticsearch", "neo4j", "matplotlib", "ray")
PURE = (
    "config.settings",
    "corpus.entities.index",
    "corpus.files.source",
    "corpus.knowledge.wikidata",
    "corpus.records",
    "corpus.entities.sqlite",
    "extractor.clusters.clustering",
    "extractor.datasets.reading",
    "extractor.linking.entities",
    "extractor.schema",
    "extractor.statements",
    "flows.reports.drift",
    "flows.retrain.gate",
    "flows.params",
    "graph.model.edges",
    "graph.model.entities",
    "graph.model.records",
    "graph.model.rows",
    "graph.reading.snapshot",
)


def heavy_after(*modules: str) -> set[str]:
    """Return which heavy packages a new interpreter has loaded with these modules."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split()).intersection(HEAVY)


def test_pure_modules_load_nothing_heavy() -> None:
    assert heavy_after(*PURE) == set()


def test_what_every_test_stands_on_loads_nothing_heavy() -> None:
    assert heavy_after("tests.conftest", "tests.servers.fixtures") == set()


def test_what_is_heavy_is_seen() -> None:
    assert heavy_after("graph.client") == {"neo4j"}
