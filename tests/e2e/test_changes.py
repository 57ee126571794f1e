"""Documents change and go, people correct: the graph follows, and nothing else moves."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from flows import components
from flows.corrections.flow import correct, correct_file, withdraw
from flows.errors import CorrectionsRejected
from flows.forget import erase
from flows.params import IngestParams, ReconcileParams, ReplayParams
from flows.reconcile import ReconcileReport, reconcile
from flows.replay import replay
from flows.run.prefect_state import report_of
from graph.client import Graph
from graph.model.records import FoundEntity
from graph.reading.snapshot import diff, snapshot
from graph.server.embedded import EmbeddedServer
from tests.e2e.conftest import empty
from tests.e2e.running import MARGIN_STEP, artifact, run

pytestmark = pytest.mark.e2e

SAMPLES = Path("samples/documents.jsonl")
Write = Callable[[list[dict[str, Any]]], IngestParams]


@pytest.fixture
def samples() -> list[dict[str, Any]]:
    """Eight of the samples, as a user's own records."""
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()[:8]
    return [json.loads(line) for line in lines]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes records into the one file of a source."""

    def write_file(records: list[dict[str, Any]]) -> IngestParams:
        path = tmp_path / "mine.jsonl"
        path.write_text("\n".join(map(json.dumps, records)) + "\n", encoding="utf-8")
        return IngestParams(path=path, name="mine", batch_documents=3)

    return write_file


def reconciled(params: IngestParams, **options: Any) -> tuple[str, ReconcileReport]:
    state = reconcile(
        ReconcileParams(path=params.path, name=params.name, **options), return_state=True
    )
    report = report_of(state)
    assert isinstance(report, ReconcileReport), report
    return state.name or "", report


def test_changes_and_deletions_give_the_graph_of_a_clean_run(
    graph: Graph, home: EmbeddedServer, samples: list[dict[str, Any]], write: Write
) -> None:
    run(write(samples))
    samples[0]["text"] = samples[1]["text"]
    samples[2]["deleted"] = True
    kept = [each for each in samples if each is not samples[3]]
    params = write(kept)
    _, changed = run(params)
    assert (changed.counts.processed, changed.counts.gone, changed.counts.unchanged) == (1, 1, 5)
    name, report = reconciled(params)
    assert (name, report.known, report.gone, report.retracted) == ("Completed", 7, 1, 1)
    after = snapshot(graph)

    empty(home)
    run(write([each for each in kept if not each.get("deleted")]))
    assert diff(after, snapshot(graph), tolerance=MARGIN_STEP) == []


def test_an_emptied_source_does_not_empty_the_graph(
    graph: Graph, samples: list[dict[str, Any]], write: Write
) -> None:
    run(write(samples))
    before = snapshot(graph)
    params = write(samples[:1])
    name, report = reconciled(params)
    assert (name, report.gone, report.retracted) == ("Failed", 7, 0)
    assert diff(before, snapshot(graph)) == []
    name, report = reconciled(params, max_retracted_share=1.0)
    assert (name, report.retracted) == ("Completed", 7)
    assert graph.counts()["documents"] == 1


def test_a_forgotten_document_leaves_no_trace(
    graph: Graph, samples: list[dict[str, Any]], write: Write
) -> None:
    run(write(samples))
    document = f"mine:{samples[0]['id']}"
    erasure = erase(document)
    assert erasure.written.documents_removed == 1
    assert erasure.complete
    assert document not in json.dumps([snapshot(graph).nodes, snapshot(graph).edges], default=dict)
    assert erase(document).written.documents_removed == 0


def test_a_run_under_another_setting_leaves_the_statuses_of_a_clean_one(
    home: EmbeddedServer,
    graph: Graph,
    samples: list[dict[str, Any]],
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    params = write(samples)
    run(params)
    before = graph.counts()["possible"]
    monkeypatch.setenv("FACTLOOM_GRAPH__ASSERT_ABOVE", "0.999")
    components.close_components()
    _, again = run(params)
    assert (again.counts.processed, again.counts.unchanged) == (0, 8)
    after = components.components().graph
    assert again.counts.edges_changed == after.counts()["possible"] - before > 0
    found = snapshot(after)

    empty(home)
    run(params)
    assert diff(found, snapshot(after), tolerance=MARGIN_STEP) == []


def test_verdicts_outlive_a_new_extraction_and_can_be_taken_back(
    graph: Graph, samples: list[dict[str, Any]], write: Write, tmp_path: Path
) -> None:
    params = write(samples)
    run(params)
    before = snapshot(graph)
    right, wrong = _edges(graph)[:2]
    correct(*right, "confirmed", note="read it", by="tester", choose=_never)
    table = tmp_path / "verdicts.csv"
    table.write_text(f"head,relation,tail,verdict\n{','.join(wrong)},rejected\n", encoding="utf-8")
    assert correct_file(table, by="tester") == 1
    assert (_status(graph, right), _status(graph, wrong)) == ("confirmed", "rejected")

    for record in samples:
        record["title"] = f"{record['title']}, again"
    _, again = run(write(samples))
    assert again.counts.processed == 8
    assert (_status(graph, right), _status(graph, wrong)) == ("confirmed", "rejected")

    assert withdraw(*right, _never)
    assert withdraw(*wrong, _never)
    assert not withdraw(*wrong, _never)
    run(params.model_copy())
    assert len(snapshot(graph).edges) == len(before.edges)


def test_a_table_with_a_bad_row_stores_nothing(
    graph: Graph, samples: list[dict[str, Any]], write: Write, tmp_path: Path
) -> None:
    run(write(samples))
    edge = ",".join(_edges(graph)[0])
    table = tmp_path / "verdicts.csv"
    table.write_text(f"head,relation,tail,verdict\n{edge},confirmed\n{edge},perhaps\n")
    with pytest.raises(CorrectionsRejected, match="line 3: verdict 'perhaps'"):
        correct_file(table, by="tester")
    assert graph.query("MATCH (c:Correction) RETURN c.id AS id") == []


def test_a_failed_document_can_be_replayed_and_is_seen_at_prefect(
    graph: Graph, samples: list[dict[str, Any]], write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples[0]["text"] = "Ada Lovelace was born in London. " * 33_334
    params = write(samples)
    _, first = run(params)
    document = f"mine:{samples[0]['id']}"
    assert [each.document for each in first.failures] == [document]
    assert document in artifact("failed-documents")

    samples[0]["text"] = "Ada Lovelace was born in London."
    params = write(samples)
    state = replay(ReplayParams(path=params.path, name="mine"), return_state=True)
    assert state.is_completed()
    assert graph.failures_of([document]) == {}
    assert graph.counts()["documents"] == 8
    assert document not in artifact("failed-documents")


def _edges(graph: Graph) -> list[tuple[str, str, str]]:
    rows = graph.query(
        "MATCH (h:Entity)-[e]->(t:Entity) "
        "RETURN h.id AS head, e.id AS relation, t.id AS tail ORDER BY head, relation, tail"
    )
    return [(row["head"], row["relation"], row["tail"]) for row in rows]


def _status(graph: Graph, edge: tuple[str, str, str]) -> str:
    head, _, tail = edge
    found = graph.edges_between(head, tail)  # in both directions
    [status] = [e.status for e in found if (e.head, e.relation, e.tail) == edge]
    return status


def _never(name: str, found: Sequence[FoundEntity]) -> FoundEntity:
    raise AssertionError(f"{name} is an id")
