"""Prefect's API for one machine, next to settings that are not meant for it."""

from __future__ import annotations

import urllib.request
from pathlib import Path

import pytest

from flows.commands.local_api import start_server

pytestmark = pytest.mark.e2e


def test_a_copied_env_file_does_not_lock_the_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("PREFECT_SERVER_API_AUTH_STRING=admin:secret\n")
    monkeypatch.chdir(tmp_path)
    server = start_server(tmp_path / "prefect")
    try:
        server.wait()
        with urllib.request.urlopen(f"{server.url}/admin/version", timeout=30) as answer:
            assert answer.status == 200
    finally:
        server.stop()
