"""What every test stands on: a clean environment, tiny documents, and servers on demand."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from extractor.schema import Document

pytest_plugins = ["tests.servers.fixtures"]

# A script that starts the tests with `&` has them ignore Ctrl-C, and so would all that they start:
# a Prefect worker then never stops when it is asked to.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Tests run side by side, and what they start lives for seconds: no threads that wait for each other
# over tiny tensors, and no second compiler in a JVM.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")

# No failure only because a machine is busy; the same examples everywhere, but for `make test-long`.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("factloom", patient, derandomize=True, max_examples=40)
settings.register_profile("quick", patient, derandomize=True, max_examples=10)
settings.register_profile("long", patient, max_examples=1_000)
settings.load_profile("factloom")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's own settings; what says where test servers are stays."""
    for name in list(os.environ):
        if name.startswith("FACTLOOM_") and not name.startswith("FACTLOOM_TEST_"):
            monkeypatch.delenv(name)


@pytest.fixture
def make_document() -> Callable[..., Document]:
    """Return a factory of tiny documents; give what matters to the test."""

    def make(number: int = 1, **fields: Any) -> Document:
        defaults: dict[str, Any] = {
            "id": f"tests:{number}",
            "source": "tests",
            "title": f"Document {number}",
            "text": "Ada Lovelace was born in London.",
            "updated_at": "2026-01-31T12:00:00Z",
        }
        return Document(**{**defaults, **fields})

    return make
