"""The first signal asks, the second one means it."""

from __future__ import annotations

import logging
import os
import signal
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows.run.interruption import Interruption, interruptible


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_the_run_to_stop(number: signal.Signals) -> None:
    with interruptible() as interruption:
        assert not interruption.requested()
        os.kill(os.getpid(), number)
        assert interruption.requested()


@pytest.mark.parametrize("before", [signal.SIG_IGN, signal.default_int_handler])
def test_a_second_ctrl_c_ends_at_once(before: Any) -> None:
    found = signal.signal(signal.SIGINT, before)
    try:
        with interruptible():
            os.kill(os.getpid(), signal.SIGINT)
            with pytest.raises(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is before
    finally:
        signal.signal(signal.SIGINT, found)


def test_afterwards_signals_do_what_they_did() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_a_server_that_is_away_stops_no_run(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("flows.run.interruption.flow_run", SimpleNamespace(id=uuid4()))
    nobody = {PREFECT_API_URL: "http://127.0.0.1:9/api"}
    with temporary_settings(nobody), caplog.at_level(logging.WARNING, "flows.run.interruption"):
        assert not Interruption().requested()
    assert "ConnectError" in caplog.text
