"""Every module has a unit test that imports it, or a line here that says which test has it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("config", "corpus", "extractor", "flows", "graph")
ELSEWHERE = {
    "config.problems": "tests/unit/config/test_settings.py",
    "corpus.elasticsearch.duplicates": "tests/unit/corpus/elasticsearch/test_source.py",
    "corpus.entities.facts": "tests/unit/corpus/entities/test_sqlite.py",
    "corpus.entities.lookup": "tests/unit/corpus/entities/test_sqlite.py",
    "corpus.entities.types": "tests/unit/corpus/test_knowledge.py",
    "corpus.fields.formats.__main__": "tests/unit/corpus/fields/formats/test_process.py",
    "corpus.fields.formats.html_blocks": "tests/unit/corpus/fields/formats/test_html.py",
    "corpus.fields.formats.html_elements": "tests/unit/corpus/fields/formats/test_html.py",
    "corpus.fields.formats.pdf_blocks": "tests/unit/corpus/fields/formats/test_pdf.py",
    "corpus.fields.formats.pdf_lines": "tests/unit/corpus/fields/formats/test_pdf.py",
    "corpus.fields.formats.pdf_paragraphs": "tests/unit/corpus/fields/formats/test_pdf.py",
    "corpus.files.folder": "tests/unit/corpus/files/test_folder.py",
    "corpus.knowledge.csv_lines": "tests/unit/corpus/test_knowledge.py",
    "corpus.knowledge.found": "tests/unit/corpus/test_knowledge.py",
    "corpus.knowledge.mesh": "tests/unit/corpus/test_knowledge.py",
    "corpus.knowledge.opening": "tests/unit/corpus/test_knowledge.py",
    "corpus.knowledge.redirects": "tests/unit/corpus/test_knowledge.py",
    "corpus.knowledge.table": "tests/unit/corpus/test_knowledge.py",
    "corpus.elasticsearch.mapping": "tests/unit/corpus/elasticsearch/test_source.py",
    "corpus.elasticsearch.query": "tests/unit/corpus/elasticsearch/test_source.py",
    "corpus.elasticsearch.scan": "tests/unit/corpus/elasticsearch/test_source.py",
    "corpus.entities.sqlite_file": "tests/unit/corpus/entities/test_sqlite.py",
    "extractor.clusters.clustering": "tests/unit/extractor/test_clusters.py",
    "extractor.clusters.features": "tests/unit/extractor/test_clusters.py",
    "extractor.clusters.places": "tests/unit/extractor/test_clusters.py",
    "extractor.datasets.csv_rows": "tests/unit/extractor/datasets/test_triples_csv.py",
    "extractor.datasets.named_entities": "tests/unit/extractor/datasets/test_triples_csv.py",
    "extractor.learned": "tests/unit/extractor/linking/test_weights.py",
    "extractor.linking.confidence": "tests/unit/extractor/test_linking.py",
    "extractor.linking.entities": "tests/unit/extractor/test_linking.py",
    "extractor.linking.names": "tests/unit/extractor/test_linking.py",
    "extractor.linking.nil": "tests/unit/extractor/test_linking.py",
    "extractor.model_files": "tests/unit/extractor/test_hostile_checkpoint.py",
    "extractor.training.mention_part": "tests/unit/extractor/training/test_train.py",
    "extractor.text.blocks.finding": "tests/unit/extractor/text/blocks/test_finding.py",
    "extractor.text.blocks.furniture": "tests/unit/extractor/text/blocks/test_furniture.py",
    "extractor.text.blocks.lines": "tests/unit/extractor/text/blocks/test_paragraphs.py",
    "extractor.text.blocks.lists": "tests/unit/extractor/text/blocks/test_lists.py",
    "extractor.text.blocks.paragraphs": "tests/unit/extractor/text/blocks/test_paragraphs.py",
    "extractor.text.blocks.tables": "tests/unit/extractor/text/blocks/test_tables.py",
    "extractor.text.blocks.wrapping": "tests/unit/extractor/text/blocks/test_paragraphs.py",
    "extractor.text.blocks.writing": "tests/unit/extractor/text/blocks/test_finding.py",
    "flows.cli.entities": "tests/unit/flows/cli/test_entities.py",
    "flows.cli.evaluation": "tests/unit/flows/evaluate/test_evaluation.py",
    "flows.cli.export": "tests/integration/graph/test_backup.py",
    "flows.cli.local.api": "tests/e2e/test_local_api.py",
    "flows.cli.local.process": "tests/e2e/test_local_api.py",
    "flows.cli.operating": "tests/unit/flows/cli/test_operating.py",
    "flows.cli.registry": "tests/unit/flows/cli/test_registry.py",
    "flows.cli.server": "tests/e2e/test_operations.py",
    "flows.cli.views.scores": "tests/unit/flows/evaluate/test_evaluation.py",
    "flows.connections": "tests/e2e/test_production.py",
    "flows.corrections.flow": "tests/e2e/test_changes.py",
    "flows.evaluate.evaluation": "tests/unit/flows/evaluate/test_evaluation.py",
    "flows.evaluate.labelled_files": "tests/unit/flows/evaluate/test_evaluation.py",
    "flows.evaluate.pair_page": "tests/unit/flows/evaluate/test_evaluation.py",
    "flows.index_entities": "tests/e2e/test_index_entities.py",
    "flows.ingest.extraction": "tests/e2e/test_ingest.py",
    "flows.ingest.ray": "tests/e2e/test_growth.py",
    "flows.ingest.redirects": "tests/e2e/test_following.py",
    "flows.replay": "tests/e2e/test_changes.py",
    "flows.retrain.approval": "tests/e2e/test_retrain_approval.py",
    "flows.retrain.comparison": "tests/e2e/test_retrain.py",
    "flows.run.slots": "tests/integration/flows/test_slots.py",
    "graph.driver.planning": "tests/integration/graph/test_cookbook.py",
    "graph.driver.turns": "tests/integration/graph/test_turns.py",
    "graph.model.digests": "tests/unit/graph/model/test_digests.py",
    "graph.questions.keywords": "tests/unit/graph/questions/test_refusal.py",
    "graph.questions.known": "tests/unit/graph/questions/test_refusal.py",
    "graph.questions.loops": "tests/unit/graph/questions/test_refusal.py",
    "graph.questions.tokens": "tests/unit/graph/questions/test_refusal.py",
    "graph.reading.foreign": "tests/integration/graph/test_foreign.py",
    "graph.reading.queries": "tests/integration/graph/test_reading.py",
    "graph.writing.corrections": "tests/integration/graph/test_corrections.py",
    "graph.writing.documents": "tests/unit/graph/test_writing.py",
    "graph.writing.entities": "tests/unit/graph/test_writing.py",
    "graph.writing.rekeying": "tests/unit/graph/test_writing.py",
    "graph.writing.removal": "tests/unit/graph/test_writing.py",
    "graph.writing.runs": "tests/integration/graph/test_bookkeeping.py",
    "graph.writing.verdicts": "tests/integration/graph/test_corrections.py",
    "graph.writing.writer": "tests/unit/graph/test_writing.py",
}
"""Module -> the test that reaches it through another."""


def test_every_module_has_a_unit_test_or_a_line_that_says_which_has_it() -> None:
    modules = set(_modules())
    tested = {name for test in (ROOT / "tests" / "unit").rglob("*.py") for name in _imported(test)}
    assert modules - tested == ELSEWHERE.keys()


def test_the_tests_that_are_named_are_there() -> None:
    assert [test for test in ELSEWHERE.values() if not (ROOT / test).is_file()] == []


def _modules() -> Iterator[str]:
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if path.name != "__init__.py":
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts)


def _imported(test: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(test.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)
