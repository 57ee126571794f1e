"""No path empties the graph unasked, and what lost its text leaves the graph."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prefect.client.schemas import State

from flows import components
from flows.backfill.flow import BackfillReport, backfill
from flows.params import BackfillParams, IngestParams, ReplayParams
from flows.replay import replay
from flows.run.prefect_state import report_of
from flows.run.progress import listener
from graph.client import Graph
from graph.reading.snapshot import diff, snapshot
from graph.server.embedded import EmbeddedServer
from tests.e2e.conftest import empty
from tests.e2e.running import MARGIN_STEP, artifact, run

pytestmark = pytest.mark.e2e

SAMPLES = Path("samples/documents.jsonl")
GERMAN = (
    "Marie Curie wurde in Warschau geboren, als fünftes Kind eines Lehrerehepaars. Sie ging nach "
    "Paris, um dort zu studieren, weil ihr das in ihrer Heimat nicht erlaubt war, und sie blieb "
    "auch dann noch dort, als sie längst von allen großen Hochschulen gerufen wurde."
)
REASONS = "2 emptied, 1 in another language, 1 marked as deleted, 1 with a malformed text"
Write = Callable[[list[dict[str, Any]]], IngestParams]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes records into the one file of a source."""

    def write_file(records: list[dict[str, Any]]) -> IngestParams:
        path = tmp_path / "mine.jsonl"
        path.write_text("\n".join(map(json.dumps, records)) + "\n", encoding="utf-8")
        return IngestParams(path=path, name="mine", batch_documents=3)

    return write_file


@pytest.fixture
def samples() -> list[dict[str, Any]]:
    """Nine of the samples, as a user's own records."""
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()[:9]
    return [json.loads(line) for line in lines]


@pytest.fixture
def spoilt(samples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, five of them to be retracted, each for its reason."""
    ways: list[dict[str, Any]] = [
        {"deleted": True},
        {"text": GERMAN},
        {"text": " \ufeff\u200b"},
        {"text": None},
        {"text": [{"name": "Ada"}]},
    ]
    return [each | way for each, way in zip(samples, [*ways, {}, {}, {}, {}], strict=True)]


def test_ingest_writes_what_is_new_and_retracts_nothing_until_it_is_told(
    graph: Graph,
    home: EmbeddedServer,
    samples: list[dict[str, Any]],
    spoilt: list[dict[str, Any]],
    write: Write,
) -> None:
    run(write(samples))
    params = write([*spoilt, {**samples[8], "id": "new"}])
    state, report = run(params)
    assert state.is_failed()
    assert (
        report.outcome.state,
        report.counts.held,
        report.counts.gone,
        report.counts.processed,
    ) == (
        "Failed",
        5,
        0,
        1,
    )
    assert graph.counts()["documents"] == 10
    assert state.message == f"{report.refusal}; the other documents, 1, are written"
    assert f"5 of the 10 documents of mine would be ({REASONS})" in report.refusal
    assert "factloom ingest --max-retracted-share 1.0" in report.refusal
    assert "nothing was retracted" in artifact("ingest-report")
    [stored] = graph.query("MATCH (r:Run {state: 'Failed'}) RETURN r.counts AS counts")
    assert json.loads(stored["counts"])["held"] == 5

    state, report = run(params.model_copy(update={"max_retracted_share": 0.5}))
    assert state.is_completed()
    assert (report.counts.held, report.counts.gone, report.refusal) == (0, 5, "")
    malformed = f"mine:{samples[4]['id']}"
    assert [each.id for each in graph.failures("mine")] == [malformed]
    after = snapshot(graph)

    _, report = run(params)
    assert (report.counts.gone, report.counts.empty, report.counts.skipped) == (0, 2, 1)
    empty(home)
    run(params)
    assert diff(after, snapshot(graph), tolerance=MARGIN_STEP) == []


def test_replay_retracts_no_more_than_it_may(
    graph: Graph, samples: list[dict[str, Any]], spoilt: list[dict[str, Any]], write: Write
) -> None:
    run(write(samples))
    before = snapshot(graph)
    params = write(spoilt)
    documents = tuple(f"mine:{each['id']}" for each in samples[:5])

    def replayed(share: float | None) -> State[Any]:
        return replay(
            ReplayParams(
                path=params.path, name="mine", documents=documents, max_retracted_share=share
            ),
            return_state=True,
        )

    refused = replayed(None)
    assert refused.is_failed()
    assert f"5 of the 9 documents of mine would be ({REASONS})" in str(refused.message)
    assert diff(before, snapshot(graph)) == []
    allowed = replayed(1.0)
    assert allowed.is_completed(), "the one with a malformed text had failed before"
    assert graph.counts()["documents"] == 4


@pytest.mark.parametrize("path", ["ingest", "backfill"])
def test_another_language_setting_does_not_empty_the_graph(
    graph: Graph,
    samples: list[dict[str, Any]],
    write: Write,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
) -> None:
    params = write(samples)
    run(params)
    before = snapshot(graph)
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__LANGUAGES", "de")
    components.close_components()
    if path == "ingest":
        state, report = run(params)
    else:
        state = backfill(BackfillParams(path=params.path, name="mine"), return_state=True)
        result = report_of(state)
        assert isinstance(result, BackfillReport), result
        report = result.extracted
    assert state.is_failed()
    assert "9 of the 9 documents of mine would be (9 in another language)" in str(state.message)
    assert f"factloom {path} --max-retracted-share 1.0" in str(state.message)
    assert report.counts.held == 9
    assert diff(before, snapshot(components.components().graph)) == []


def test_an_interrupted_run_leaves_retracting_to_the_next(
    graph: Graph, samples: list[dict[str, Any]], write: Write
) -> None:
    run(write(samples))
    params = write([samples[0] | {"deleted": True}, samples[1] | {"title": "Changed"}])
    token = listener.set(lambda _: os.kill(os.getpid(), signal.SIGINT))
    try:
        state, report = run(params)
    finally:
        listener.reset(token)
    assert state.is_cancelled()
    assert (report.counts.processed, report.counts.gone, report.counts.held) == (1, 0, 0)
    assert graph.counts()["documents"] == 9
    _, report = run(params)
    assert (report.counts.unchanged, report.counts.gone) == (1, 1)
    assert graph.counts()["documents"] == 8


def test_two_of_five_documents_may_be_emptied_and_nothing_is_wrong_with_them(
    graph: Graph, samples: list[dict[str, Any]], write: Write
) -> None:
    run(write(samples[:5]))
    params = write([*samples[:3], {**samples[3], "text": ""}, {**samples[4], "text": None}])
    for gone, left in ((2, 0), (0, 2)):
        state, report = run(params)
        assert state.is_completed()
        assert (
            report.counts.unchanged,
            report.counts.gone,
            report.counts.empty,
            report.counts.skipped,
        ) == (3, gone, left, 0)
        assert graph.counts()["documents"] == 3
    assert graph.failures("mine") == []


def test_an_emptied_text_file_is_retracted(
    graph: Graph, samples: list[dict[str, Any]], tmp_path: Path
) -> None:
    for number, each in enumerate(samples[:2]):
        (tmp_path / f"{number}.txt").write_text(each["text"], encoding="utf-8")
    params = IngestParams(path=tmp_path, name="mine")
    run(params)
    (tmp_path / "0.txt").write_bytes(b"\xef\xbb\xbf\n")
    _, report = run(params)
    assert (report.counts.unchanged, report.counts.gone) == (1, 1)
    assert [each["id"] for each in graph.query("MATCH (d:Document) RETURN d.id AS id")] == [
        "mine:1.txt"
    ]
