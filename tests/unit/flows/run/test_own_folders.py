"""Who works in a folder of ours, and when nobody does any more."""

from __future__ import annotations

import errno
import fcntl
import subprocess
import sys
from pathlib import Path

import pytest

from flows.errors import FolderTaken
from flows.run.own_folders import abandoned, claimed

HOLD = """
import sys, time
from pathlib import Path
from flows.run.own_folders import claimed
with claimed(Path(sys.argv[1])):
    Path(sys.argv[1]).mkdir()
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_folder_is_held_until_its_process_ends_however_that_is(tmp_path: Path) -> None:
    folder = tmp_path / "parent" / "folder"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        assert list(abandoned([folder])) == []
        with pytest.raises(FolderTaken, match="another process works in"), claimed(folder):
            pass
        process.kill()
    assert list(abandoned([folder])) == [folder]
    assert list(folder.parent.iterdir()) == [folder]  # the lock that the killed one left is gone


def test_a_folder_is_held_while_it_is_looked_at(tmp_path: Path) -> None:
    for folder in abandoned([tmp_path / "one"]):
        assert list(abandoned([folder])) == []
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_locks_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", no_locks)
    told = r"\.one\.lock: No locks available: .* a disk that knows locks"
    with pytest.raises(FolderTaken, match=told), claimed(tmp_path / "one"):
        pass


def test_a_disk_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(path: Path, mode: str) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(Path, "open", read_only)
    told = "one.lock: Read-only file system: give it a folder that can be written"
    with pytest.raises(FolderTaken, match=told), claimed(tmp_path / "one"):
        pass


def test_a_lock_that_somebody_removed_is_let_go(tmp_path: Path) -> None:
    with claimed(tmp_path / "one"):
        (tmp_path / ".one.lock").unlink()
    assert list(tmp_path.iterdir()) == []
