"""A run leaves no document's text and no secret in logs and at Prefect.

The command line's answer, on standard output, shows sentences: that is what it is for.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect.logging.handlers import APILogHandler

from flows.ingest.flow import ingest
from flows.params import IngestParams
from graph.client import Graph
from graph.writing.writer import GraphWriter
from tests.e2e.conftest import ROOT

pytestmark = pytest.mark.e2e

CANARY = "marmaladexylophone"
"""Stands in every text; no name, as names may be told."""
SECRET = "clarinetquokka"
SECRETS = {
    "FACTLOOM_ELASTICSEARCH__API_KEY": f"{SECRET}-key",
    "FACTLOOM_GRAPH__PASSWORD": f"{SECRET}-password",
}
SENTENCE = f"Ada Lovelace was born in London, quietly brewing {CANARY}."
GOOD = [{"id": f"good-{n}", "title": f"T{n}", "text": f"{SENTENCE} She died."} for n in range(6)]
BAD: list[Any] = [
    {"id": "long", "text": f"{SENTENCE} " * 100},
    {"id": "time", "text": SENTENCE, "updated_at": SENTENCE},
    {"id": "list", "text": [{"is": SENTENCE}]},
    {"id": {"is": SENTENCE}, "text": SENTENCE},
    {"id": "no-text", "body": SENTENCE},
    {"id": "title", "title": {"is": SENTENCE}, "text": SENTENCE},
    [SENTENCE],
]
BROKEN = f'{{"id": "broken", "text": "{SENTENCE}'
DOCRED = [{"title": "docred", "sents": [[CANARY, "was"]], "vertexSet": [[{"name": CANARY}]]}]


def test_a_run_with_bad_documents_tells_no_text_and_no_secret(
    graph: Graph, prefect_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__CHECKPOINT", str(ROOT / "models/factloom-minilm"))
    done = factloom_ingest(hostile(tmp_path), prefect_url)
    assert done.returncode == 0, done.stderr
    [run] = graph.query("MATCH (r:Run) RETURN r.id AS id")
    evidence = graph.query("MATCH (e:Evidence) RETURN e.text AS text")
    assert any(CANARY in each["text"] for each in evidence)  # the canary was there to be told
    failed = graph.query("MATCH (f:FailedDocument) RETURN f.id AS id, f.error AS error")
    assert {each["id"] for each in failed} >= {"canary:long", "canary:list"}

    told = everything_at(prefect_url, run["id"])
    assert "batch documents=" in told["logs"]
    assert "canary:long" in told["artifacts"]
    assert SENTENCE in " ".join(done.stdout.split())
    assert SECRET not in done.stdout
    for where, text in {**told, "log": done.stderr, "graph": str(failed)}.items():
        assert CANARY not in text.lower(), where
        assert SECRET not in text.lower(), where

    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    ours = [line for line in lines if line["message"].startswith(("batch ", "failed ", "skipped "))]
    assert {line["run"] for line in ours} == {run["id"]}
    assert {line["batch"] for line in ours} >= {1, 2}
    assert "canary:long" in {line.get("document") for line in ours}


@pytest.mark.parametrize(("owner", "where"), [(Graph, "known"), (GraphWriter, "record_failures")])
def test_an_error_that_nobody_foresaw_tells_no_text(
    graph: Graph,
    prefect_api: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    owner: type,
    where: str,
) -> None:
    def quote(*_: object, **__: object) -> None:
        try:
            raise ValueError(f"cannot send {SENTENCE!r}")
        except ValueError as error:
            raise RuntimeError(f"parameters: {SENTENCE!r}") from error

    monkeypatch.setattr(owner, where, quote)
    params = IngestParams(path=hostile(tmp_path), name="canary", batch_documents=2)
    state = ingest(params, return_state=True)
    assert state.is_failed()
    assert "RuntimeError at test_canaries.py" in (state.message or "")
    [run] = graph.query("MATCH (r:Run) RETURN r.id AS id, r.state AS state")
    assert run["state"] == "Failed"
    APILogHandler().flush()
    shown = capfd.readouterr()
    told = everything_at(prefect_api, run["id"])
    assert "RuntimeError at test_canaries.py" in told["logs"] + told["run"]
    for place, text in {**told, "terminal": shown.out + shown.err}.items():
        assert CANARY not in text.lower(), place


def test_a_document_that_the_graph_refuses_is_recorded_without_its_text(
    graph: Graph,
    prefect_api: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ValueError(f"cannot send {SENTENCE!r}")

    monkeypatch.setattr(GraphWriter, "upsert", refuse)
    ingest(IngestParams(path=hostile(tmp_path), name="canary"), return_state=True)
    failed = graph.query("MATCH (f:FailedDocument) RETURN f.stage AS stage, f.error AS error")
    written = [each["error"] for each in failed if each["stage"] == "write"]
    assert len(written) == len(GOOD) + 2  # the long one is not too long here; a time may be no time
    assert all("ValueError at test_canaries.py" in error for error in written)
    [run] = graph.query("MATCH (r:Run) RETURN r.id AS id")
    APILogHandler().flush()
    shown = capfd.readouterr()
    told = everything_at(prefect_api, run["id"])
    assert "ValueError at test_canaries.py" in told["artifacts"]
    for place, text in {**told, "terminal": shown.out + shown.err, "graph": str(failed)}.items():
        assert CANARY not in text.lower(), place


def hostile(folder: Path) -> Path:
    """Write files of good and bad documents, and return their folder."""
    files = folder / "documents"
    files.mkdir()
    lines = [json.dumps(each) for each in (*GOOD, *BAD)]
    (files / "lines.jsonl").write_text("\n".join([*lines, BROKEN]) + "\n", encoding="utf-8")
    (files / "docred.json").write_text(json.dumps(DOCRED), encoding="utf-8")
    return files


def factloom_ingest(path: Path, prefect_url: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, its log at INFO and as JSON."""
    own = {
        "PREFECT_API_URL": prefect_url,
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json",
        "FACTLOOM_RUN__MAX_FAILED_SHARE": "1",
        "FACTLOOM_EXTRACTOR__MAX_CHARACTERS": "2000",
    }
    command = ["ingest", str(path), "--name", "canary", "--batch", "4"]
    return subprocess.run(
        [sys.executable, "-c", "from flows.cli.app import app; app()", *command],
        cwd=ROOT,
        env={**os.environ, **SECRETS, **own},
        capture_output=True,
        text=True,
        check=False,
    )


def everything_at(url: str, run: str) -> dict[str, str]:
    """Return all that Prefect keeps of a run, as text."""
    of_the_run = {"flow_run_id": {"any_": [run]}}
    with httpx.Client(base_url=url, timeout=60) as client:

        def asked(path: str, body: dict[str, Any]) -> str:
            answer = client.post(path, json=body)
            assert answer.status_code == 200, answer.text
            return answer.text

        return {
            "run": client.get(f"/flow_runs/{run}").text,
            "states": client.get("/flow_run_states/", params={"flow_run_id": run}).text,
            "tasks": asked("/task_runs/filter", {"task_runs": of_the_run}),
            "logs": asked("/logs/filter", {"logs": of_the_run}),
            "artifacts": asked("/artifacts/filter", {"artifacts": of_the_run}),
        }
