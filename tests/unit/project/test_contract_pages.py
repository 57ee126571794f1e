"""The pages of the graph and of runs name what there is: properties, counts, artifacts, alarms."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import fields
from pathlib import Path
from typing import Any

import yaml

from flows.backfill.flow import BackfillReport
from flows.reconcile import ReconcileReport
from flows.reports.drift import RATIOS
from graph.model.records import RunInfo, UpsertReport
from graph.model.tables import CORRECTIONS, DOCUMENTS, EDGES, ENTITIES, EVIDENCE, MENTIONS, Table
from tests.unit.flows.reports.samples import report
from tests.unit.project.compose import ROOT

DOCS = ROOT / "docs"
GRAPH = (DOCS / "reference" / "graph.md").read_text(encoding="utf-8")
RUNS = (DOCS / "reference" / "runs.md").read_text(encoding="utf-8")
PRODUCTION = (DOCS / "how-to" / "production.md").read_text(encoding="utf-8")
TABLES = {
    "Entity": ENTITIES,
    "Document": DOCUMENTS,
    "MENTIONED_IN": MENTIONS,
    "Edges": EDGES,
    "Evidence": EVIDENCE,
    "Correction": CORRECTIONS,
}
NO_PROPERTIES = {
    "Entity": {"labels"},
    "MENTIONED_IN": {"entity", "document"},
    "Edges": {"head", "type", "tail"},
}
"""Columns of an export that are no property of the node or relationship."""
STAGES = ("read", "mentions", "linking", "relations", "write")


def section(page: str, title: str) -> str:
    """Return what stands under a title."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def first_column(table: str) -> set[str]:
    """Return the names in backticks in the first column of a section's tables."""
    cells = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def properties(label: str, table: Table) -> set[str]:
    """Return the properties that an export of the graph knows."""
    columns = {table.renamed.get(column, column) for column in table.columns}
    return columns - NO_PROPERTIES.get(label, set())


def written_by_statements() -> dict[str, set[str]]:
    """Return, by label, the properties that a statement of ours sets by name."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in ROOT.glob("graph/**/*.cypher"):
        statement = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        for variable, label, key in re.findall(r"\((\w+):(\w+) \{(\w+): ", statement):
            found[label].add(key)
            found[label] |= set(re.findall(rf"\b{variable}\.(\w+) = ", statement))
    return found


def test_every_property_of_the_graph_is_documented_and_no_other() -> None:
    for label, table in TABLES.items():
        assert first_column(section(GRAPH, label)) == properties(label, table), label


def test_every_property_that_keeps_the_graph_is_documented() -> None:
    written = written_by_statements()
    for label in ("Cursor", "FailedDocument", "Writer", "Schema"):
        assert first_column(section(GRAPH, label)) == written[label], label
    run = {each.name for each in fields(RunInfo)} | {"finished_at", "state", "counts"}
    assert first_column(section(GRAPH, "Run")) == run


def test_every_count_of_a_run_is_documented_and_no_other() -> None:
    extracting, backfill, reconcile = section(RUNS, "Counts").split("| count | what it counts |")[
        1:
    ]
    ingested = report(seconds=dict.fromkeys(STAGES, 1.0))
    assert first_column(extracting) - {"rejected_..."} == ingested.stored().keys()
    backfilled = BackfillReport(extracted=ingested, stale=0, gone=0, adopted=0, checkpoints={})
    assert first_column(backfill) == backfilled.stored().keys() - ingested.stored().keys()
    assert first_column(reconcile) == _reconciled().stored().keys()


def _reconciled() -> ReconcileReport:
    numbers: dict[str, Any] = dict.fromkeys(("known", "gone", "moved", "unread", "retracted"), 0)
    return ReconcileReport(run="", source="", written=UpsertReport(), **numbers)


def test_every_artifact_is_documented_and_no_other() -> None:
    documented = first_column(section(RUNS, "Artifacts"))
    shown = re.compile(r'(?:show_table|show_page|ProgressArtifact|showing)\(\s*f?"([\w{}.-]+)"')
    keys = {key for path in product_files() for key in shown.findall(path.read_text("utf-8"))}
    assert documented == {re.sub(r"\{\w+\.flow\}", "<flow>", key) for key in keys}


def test_every_event_is_documented_and_no_other() -> None:
    event = re.compile(r'^\w*EVENT\w* = "(factloom\.[\w.]+)"', re.MULTILINE)
    events = {name for path in product_files() for name in event.findall(path.read_text("utf-8"))}
    named = {name for name in first_column(section(RUNS, "Events")) if "source" not in name}
    assert named == events


def test_every_automation_is_documented_and_no_other() -> None:
    name = re.compile(r'name=f"\{PREFIX\}([\w ]+)"')
    made = {found for path in product_files() for found in name.findall(path.read_text("utf-8"))}
    assert set(re.findall(r"^\* `factloom: ([\w ]+)`", PRODUCTION, re.MULTILINE)) == made


def test_every_figure_that_raises_an_alarm_is_documented() -> None:
    page = (DOCS / "reference" / "dashboard.md").read_text(encoding="utf-8")
    assert all(f"| {figure} |" in section(page, "Drift") for figure in RATIOS)


def test_every_deployment_is_documented_and_no_other() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    there = {f"{_flow_of(each['entrypoint'])}/{each['name']}" for each in deployments}
    assert first_column(section(PRODUCTION, "Prefect")) == there


def _flow_of(entrypoint: str) -> str:
    path, _, function = entrypoint.partition(":")
    code = (ROOT / path).read_text(encoding="utf-8")
    found = re.search(rf'@flow\((?:name="([\w-]+)")?[^@]*?\ndef {function}\(', code)
    assert found, entrypoint
    return found[1] or function.replace("_", "-")


def product_files() -> list[Path]:
    """Return the files of the flows."""
    return sorted((ROOT / "flows").rglob("*.py"))
