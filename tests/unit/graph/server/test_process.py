"""What the embedded server leaves behind where it starts again."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.server.embedded import ServerFiles
from graph.server.process import _start_again


def test_nobody_finds_the_dead_servers_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = ServerFiles(tmp_path)
    files.state.write_text("{}")
    found: list[bool] = []
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: found.append(files.state.exists()))
    monkeypatch.setattr("os._exit", lambda _: None)
    _start_again(files)
    assert found == [False]
