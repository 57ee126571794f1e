"""Prefect's API for one machine, next to settings that are not meant for it."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

import psutil
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


STARTER = """
import sys, time
from pathlib import Path
from flows.commands.local_api import start_server
server = start_server(Path(sys.argv[1]))
server.wait()
print(server.process.pid, flush=True)
time.sleep(600)
"""


def test_the_api_does_not_outlive_a_command_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(tmp_path / "prefect")], stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout
        server = psutil.Process(int(starter.stdout.readline()))
        starter.kill()
    gone, _ = psutil.wait_procs([server], timeout=120)
    assert gone == [server]
