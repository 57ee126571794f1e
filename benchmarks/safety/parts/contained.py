"""A process as the container of a service would have it, as far as the system allows that.

What Compose sets and a mount namespace can: a root that is read-only, /tmp in memory, the service's
user without capabilities. Its network and the limits of a container it does not have.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from benchmarks.parts.report import ROOT

TOOLS = ("unshare", "setpriv", "mount")
SCRIPT = """
umask 022
mount --make-rprivate /
for folder in $WRITABLE; do mount --bind "$folder" "$folder"; done
mount -n -o remount,bind,ro /
mount -n -t tmpfs -o mode=1777 tmpfs /tmp
for path in $NEEDED; do
  mkdir -p "/tmp/needed$path"
  mount -n --bind "$path" "/tmp/needed$path"
done
for folder in $CLOSED; do mount -n -t tmpfs -o mode=755 tmpfs "$folder"; done
for path in $NEEDED; do
  mkdir -p "$path"
  mount -n --move "/tmp/needed$path" "$path"
done
cd "$PWD"
unset WRITABLE NEEDED CLOSED
exec setpriv --reuid "$1" --regid 0 --clear-groups --no-new-privs \\
  --inh-caps=-all --bounding-set=-all "${@:2}"
"""


@cache
def possible() -> bool:
    """Return whether this system lets this user contain a process."""
    if os.getuid() or not all(map(shutil.which, TOOLS)):
        return False
    return subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0


def contained(command: Sequence[str], *, user: int, writable: Sequence[Path]) -> list[str]:
    """Return the command that runs another contained, or that one itself where nothing can be.

    Args:
        command: to run.
        user: the number of the user that runs it.
        writable: folders that it may write to, besides /tmp.
    """
    if not possible():
        return list(command)
    closed = {folder for path in _needed() if (folder := _closed(path))}
    lists = {
        "WRITABLE": writable,
        "NEEDED": [path for path in _needed() if _closed(path)],
        "CLOSED": sorted(closed),
    }
    variables = [f"{name}={' '.join(map(str, paths))}" for name, paths in lists.items()]
    shell = ["bash", "-euc", SCRIPT, "contained", str(user)]
    return ["unshare", "--mount", "env", *variables, *shell, *command]


def as_user(command: Sequence[str], user: str) -> list[str]:
    """Return the command that runs another as a user, where this one may choose."""
    if os.getuid():
        return list(command)
    return ["setpriv", "--reuid", user, "--clear-groups", *command]


@cache
def _needed() -> tuple[Path, ...]:
    """Return the folders that Python and our code are read from, none within another."""
    found = {ROOT, Path(sys.prefix), Path(sys.base_prefix), *_installed()}
    return tuple(sorted(path for path in found if not found & set(path.parents)))


def _installed() -> Iterator[Path]:
    return (Path(each) for each in sys.path if Path(each).is_absolute() and Path(each).is_dir())


def _closed(path: Path) -> Path | None:
    """Return the first folder on the way to a path that only its owner may enter."""
    return next(_only_for_owners(reversed(path.parents)), None)


def _only_for_owners(folders: Iterable[Path]) -> Iterator[Path]:
    return (each for each in folders if not each.stat().st_mode & stat.S_IXOTH)
