"""Alerts reach the operator's own receiver: a real Prefect server calls a real HTTP server."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest
from prefect import flow
from prefect.blocks.core import Block
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas import State
from prefect.events import emit_event
from prefect.states import Completed, Crashed, Failed, Running, Submitting
from pydantic import SecretStr

from flows.operations import automations as operations
from flows.operations.automations import alert_through, apply, automations, runs_never_begun
from flows.reports.monitoring import DRIFT_EVENT

pytestmark = pytest.mark.integration

PATIENCE_SECONDS = 120.0
SHORT_HOURS = 0.003  # Prefect takes no less than 10 s
SAID = 'no "graph"\nat C:\\bolt'
"""What an error may say; it must reach its reader as it is."""


class Receiver(ThreadingHTTPServer):
    """Takes in messages on loopback."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.messages: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/"

    def wait_for(self, subject: str) -> dict[str, str]:
        """Return the first message whose subject holds some words."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for message in tuple(self.messages):
                if subject in message["subject"]:
                    return message
            time.sleep(0.2)
        raise AssertionError(f"no alert says {subject!r}: {self.messages}")


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        assert isinstance(self.server, Receiver)
        self.server.messages.append(json.loads(self.rfile.read(length)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that listens."""
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def client(prefect_api: str) -> Iterator[SyncPrefectClient]:
    """Client of a server that watches nothing of ours afterwards."""
    with get_client(sync_client=True) as client:
        yield client
        list(apply(client, []))


@pytest.mark.parametrize(
    "kind", ["webhook", pytest.param("custom-webhook", marks=pytest.mark.long)]
)
def test_a_failed_run_and_a_silent_night_are_told(
    client: SyncPrefectClient, receiver: Receiver, kind: str
) -> None:
    _block(kind, receiver.url).save("alerts", overwrite=True)
    alert = alert_through(client, f"{kind}/alerts")
    list(apply(client, automations(alert, silent_hours=SHORT_HOURS)))
    # The server takes up an automation a moment after it was created.
    assert "no ingest has completed" in receiver.wait_for("no ingest")["subject"]

    _ended(client, "lamp", ["factloom", "ingest"], Failed(message=SAID))
    told = receiver.wait_for("lamp Failed")
    assert SAID in told["body"]
    _ended(client, "stranger", [], Failed(message=SAID))
    _ended(client, "fine", ["factloom"], Completed())
    _ended(client, "moth", ["factloom", "reconcile"], Crashed(message=SAID))
    receiver.wait_for("moth Crashed")  # events come in their order
    emit_event(
        DRIFT_EVENT,
        resource={"prefect.resource.id": "factloom.source.news", "prefect.resource.name": "news"},
        payload={"alarms": ["margin 1.2", "NIL 0.9"], "run": "r", "checkpoint": "c"},
    )
    assert "margin 1.2\nNIL 0.9" in receiver.wait_for("news has drifted")["body"]
    subjects = " ".join(each["subject"] for each in receiver.messages)
    assert "stranger" not in subjects
    assert "fine" not in subjects


def test_a_completed_ingest_begins_the_time_anew(
    client: SyncPrefectClient, receiver: Receiver
) -> None:
    _block("webhook", receiver.url).save("alerts", overwrite=True)
    [*_, silence] = automations(alert_through(client, "webhook/alerts"), silent_hours=SHORT_HOURS)
    list(apply(client, [silence]))
    receiver.wait_for("no ingest")
    receiver.messages.clear()
    completed = time.monotonic()
    _ended(client, "ingest", ["factloom", "ingest"], Completed())
    receiver.wait_for("no ingest")
    assert time.monotonic() - completed > SHORT_HOURS * 3600 - 1


def test_a_run_that_a_worker_took_and_never_began_is_crashed(
    client: SyncPrefectClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "BEGIN_SECONDS", SHORT_HOURS * 3600)
    list(apply(client, [runs_never_begun()]))
    for _ in range(8):  # the server takes up an automation a moment after it was created
        lost, alive = (_taken(client) for _ in range(2))
        client.set_flow_run_state(alive, Running(), force=True)
        deadline = time.monotonic() + SHORT_HOURS * 3600 + 4
        while time.monotonic() < deadline:
            if client.read_flow_run(lost).state_name == "Crashed":
                assert client.read_flow_run(alive).state_name == "Running"
                return
            time.sleep(0.5)
    raise AssertionError("it is taken for ever")


def _taken(client: SyncPrefectClient) -> UUID:
    """Return a run that a worker has taken."""
    run = client.create_flow_run(flow(name="watched")(lambda: None), tags=["factloom"])
    client.set_flow_run_state(run.id, Submitting(), force=True)
    return run.id


def _block(kind: str, url: str) -> Block:
    if kind == "webhook":
        return Webhook(url=SecretStr(url))
    content = {"subject": "{{subject}}", "body": "{{body}}"}
    return CustomWebhookNotificationBlock(name="alerts", url=url, json_data=content)


def _ended(client: SyncPrefectClient, name: str, tags: list[str], end: State[None]) -> None:
    """Have a run end."""
    run = client.create_flow_run(flow(name="watched")(lambda: None), name=name, tags=tags)
    client.set_flow_run_state(run.id, Running())
    client.set_flow_run_state(run.id, end)
