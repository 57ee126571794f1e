"""Prefect's API for one machine, next to settings that are not meant for it."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
import pytest
from prefect.settings import PREFECT_API_URL

from flows.cli.local.api import LOGS, QUIET, local_api, start_server
from tests.servers.prefect import give_database

pytestmark = pytest.mark.e2e


def test_a_copied_env_file_does_not_lock_the_api(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("PREFECT_SERVER_API_AUTH_STRING=admin:secret\n")
    monkeypatch.chdir(tmp_path)
    give_database(tmp_path / "prefect")
    server = start_server(tmp_path / "prefect")
    try:
        server.wait()
        with urllib.request.urlopen(f"{server.url}/admin/version", timeout=30) as answer:
            assert answer.status == 200
    finally:
        server.stop()


STARTER = """
import sys, time
from pathlib import Path
from flows.cli.local.api import start_server
server = start_server(Path(sys.argv[1]))
server.wait()
print(server.process.pid, flush=True)
time.sleep(600)
"""


def test_the_api_does_not_outlive_a_command_that_is_killed(tmp_path: Path) -> None:
    give_database(tmp_path / "prefect")
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path / "prefect")], stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout
        server = psutil.Process(int(starter.stdout.readline()))
        starter.kill()
    gone, _ = psutil.wait_procs([server], timeout=120)
    assert gone == [server]


def test_two_first_commands_at_once_both_get_an_api(tmp_path: Path) -> None:
    servers = [start_server(tmp_path / "prefect") for _ in range(2)]
    try:
        for each in servers:
            each.wait()
    finally:
        for each in servers:
            each.stop()


def test_no_address_of_a_server_that_has_stopped_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    for name in (LOGS, *QUIET):
        monkeypatch.setenv(name, os.environ.get(name, QUIET.get(name, "")))
    before = PREFECT_API_URL.value()
    give_database(tmp_path / "prefect")
    with local_api(tmp_path) as server:
        assert server is not None
        assert (os.environ["PREFECT_API_URL"], PREFECT_API_URL.value()) == (server.url,) * 2
    assert "PREFECT_API_URL" not in os.environ
    assert PREFECT_API_URL.value() == before
