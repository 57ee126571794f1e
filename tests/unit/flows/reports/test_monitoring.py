"""What the graph says of a run that comes to its end."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from flows.reports.monitoring import watched, with_new_edges
from flows.reports.tables import summary_rows
from flows.run.context import Run
from graph.model.records import RunInfo
from tests.unit.flows.reports.samples import edge, report

RUN = RunInfo(
    id="run-1", flow="ingest", checkpoint="m@1", config_hash="c", git_sha="", started_at="2026"
)


def test_only_asserted_edges_are_strongest_and_possible_ones_are_doubtful(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asserted, possible = edge(head="a"), edge(head="b", status="possible", probability=0.4)
    judged = edge(head="c", status="confirmed")
    all_ = (asserted, possible, judged)
    graph = SimpleNamespace(
        edges_of_run=lambda run, triples: triples, edges=lambda triples: list(all_)
    )
    monkeypatch.setattr("flows.reports.monitoring.components", lambda: SimpleNamespace(graph=graph))
    found = with_new_edges(report(strongest=all_, doubtful=all_), Run(RUN))
    assert found.strongest == (asserted,)
    assert found.doubtful == (possible, asserted)
    dry = with_new_edges(report(strongest=all_[:2], doubtful=all_[:2]), Run(RUN, dry_run=True))
    assert dry.strongest == (asserted,)


def test_the_summary_counts_as_many_waiting_documents_as_the_table_lists(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graph = SimpleNamespace(
        completed_runs=lambda source, checkpoint, without: [],
        count_failures={"tests": 2}.get,
    )
    monkeypatch.setattr("flows.reports.monitoring.components", lambda: SimpleNamespace(graph=graph))
    [row] = [
        each
        for each in summary_rows(watched(report(waiting=0), Run(RUN)))
        if each["figure"] == "documents waiting to be tried again"
    ]
    assert row["value"] == 2
