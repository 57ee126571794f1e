"""Folders of our own that hold texts of documents for as long as one process works in them.

That process holds a lock on the file `.<folder>.lock` beside the folder. A lock ends with its
process, so what a killed one left can be told from what a living one still needs. On a shared disk
the lock is the disk's: NFS 4 and SMB have them.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import FolderTaken

log = logging.getLogger(__name__)


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold a folder, which need not exist yet; to be held before anything is put into it.

    Raises:
        FolderTaken: a living process holds it, it is another user's, or its disk takes no lock.
    """
    lock = folder.with_name(f".{folder.name}.lock")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        handle = lock.open("a")
    except PermissionError as error:
        raise FolderTaken(
            f"{error.filename} belongs to another user: run all that share it as one user, or "
            "give this one another folder"
        ) from error
    except OSError as error:
        raise FolderTaken(
            f"{error.filename}: {error.strerror}: give it a folder that can be written"
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderTaken(f"another process works in {folder}: let it end first") from None
        except OSError as error:
            raise FolderTaken(
                f"{lock}: {error.strerror}: give it a folder on a disk that knows locks (flock)"
            ) from error
        if os.fstat(handle.fileno()).st_nlink == 0:  # whoever had it ends at this very moment
            raise FolderTaken(f"another process has just left {folder}: try again")
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def listed(folder: Path) -> list[Path]:
    """Return what a folder holds; nothing where it is not there.

    Raises:
        OSError: it cannot be listed. `Path.glob` would find nothing in it, and not say so.
    """
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries)
    except FileNotFoundError:
        return []


def abandoned(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield the folders that no living process holds; each is held until the next is asked for."""
    for folder in folders:
        try:
            with claimed(folder):
                yield folder
        except FolderTaken:
            continue


def remove(folder: Path) -> bool:
    """Remove a folder of ours; return whether it is gone, and say so where it is not."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
    except OSError as error:
        log.warning("%s may hold texts of documents, and cannot be removed: %s", folder, error)
        return False
    return True
