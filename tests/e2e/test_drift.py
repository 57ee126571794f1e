"""Nights of one kind of documents, then a foreign corpus: the alarm fires for that one only."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.events.filters import EventFilter, EventNameFilter, EventOccurredFilter

from flows.params import IngestParams
from flows.reports.drift import LEAST, MIN_RUNS
from flows.reports.ingest_report import IngestReport
from flows.reports.monitoring import DRIFT_EVENT
from graph.client import Graph
from tests.e2e.running import artifact, run

pytestmark = pytest.mark.e2e

EVENT_SECONDS = 60
SAMPLES = Path("samples/documents.jsonl")
FOREIGN = "the mixture was stirred at room temperature, filtered and dried over night."


def texts_of(night: int) -> list[str]:
    """Return texts of one kind; most nights have some that others have not."""
    texts = [json.loads(line)["text"] for line in SAMPLES.read_text().splitlines()]
    return random.Random(night).sample(texts, LEAST)


def ingest(folder: Path, night: str, texts: Sequence[str]) -> IngestReport:
    """Ingest texts as documents that the source did not have before."""
    path = folder / f"{night}.jsonl"
    path.write_text(
        "".join(
            json.dumps(
                {
                    "id": f"{night}-{number}",
                    "title": f"Note {number}",
                    "text": text,
                    "updated_at": "2026-01-31T12:00:00Z",
                }
            )
            + "\n"
            for number, text in enumerate(texts)
        )
    )
    state, report = run(IngestParams(path=path, name="nights"))
    assert state.is_completed()
    assert report.counts.processed == len(texts)
    return report


def test_the_alarm_fires_on_a_foreign_corpus_and_only_there(graph: Graph, tmp_path: Path) -> None:
    started = datetime.now(UTC)
    for night in range(MIN_RUNS):
        report = ingest(tmp_path, f"night{night}", texts_of(night))
        assert report.drift
        assert "earlier runs" in report.drift.unjudged
        assert f"and {night} found" in report.drift.unjudged

    usual = ingest(tmp_path, "usual", texts_of(MIN_RUNS))
    assert usual.drift
    assert (usual.drift.unjudged, usual.drift.alarms) == ("", ())
    assert "as usual" in artifact("ingest-drift")

    foreign = ingest(tmp_path, "foreign", [f"{FOREIGN} {n}" for n in range(LEAST)])
    assert foreign.drift
    assert [each.name for each in foreign.drift.alarms] == ["triples per document"]
    assert "far off" in artifact("ingest-drift")
    assert "Far off: " in artifact("ingest-report")
    assert _events(started) == [(foreign.run, "factloom.source.nights")]


def test_a_dry_run_is_compared_with_nothing(graph: Graph) -> None:
    _, report = run(IngestParams(path=SAMPLES, name="samples", limit=4, dry_run=True))
    assert report.drift is None


def _events(since: datetime) -> list[tuple[str, str]]:
    """Return who raised the alarm: the run, the source; events come a little later."""
    wanted = EventFilter(
        event=EventNameFilter(name=[DRIFT_EVENT]),
        occurred=EventOccurredFilter(since=since, until=datetime.now(UTC) + timedelta(days=1)),
    )
    end = time.monotonic() + EVENT_SECONDS
    while time.monotonic() < end:
        with get_client(sync_client=True) as client:
            if found := client.read_events(wanted, limit=10).events:
                return [(str(each.payload["run"]), each.resource.id) for each in found]
        time.sleep(0.5)
    return []
