"""The files of a folder of documents: nothing outside of it is read, and nothing that is no file.

A link to a file counts as a file where it stays in the folder. Links to folders are not followed:
what they lead to in the folder is read in its own place, so that there is no cycle. What holds no
document of the source is no failure of one. Hard links cannot be told from files. Names that begin
with a dot are left alone.
"""

from __future__ import annotations

import errno
import logging
import os
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

log = logging.getLogger(__name__)

_NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A file of a folder, or what is not read of it and why."""

    path: Path
    """Relative to the folder."""
    problem: str = ""
    hidden: bool = False
    """Whether nobody can tell which documents it holds; else it holds none."""


def entries(folder: Path, suffixes: Collection[str]) -> list[Entry]:
    """Return the files with one of these suffixes, sub-folders too, in the order of their paths."""
    inside, found = folder.resolve(), list[Entry]()

    def unreadable(error: OSError) -> None:
        path = Path(error.filename).relative_to(folder)
        problem = f"the folder cannot be read: {error.strerror}"
        found.append(Entry(path=path, problem=problem, hidden=True))

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = [name for name in folders if Path(parent, name).is_symlink()]
        named = [name for name in files if Path(name).suffix in suffixes and name[0] != "."]
        paths = (Path(parent, name) for name in (*links, *named))
        found += filter(None, (_entry(path, folder, inside) for path in paths))
    return sorted(found, key=lambda entry: entry.path)


def _entry(path: Path, folder: Path, inside: Path) -> Entry | None:
    """Return what a name stands for; None for a link to a folder that has its own place."""
    entry = Entry(path=path.relative_to(folder))
    try:
        if path.is_symlink():
            target = path.resolve(strict=True)
            if not target.is_relative_to(inside):
                return replace(entry, problem="a link that leads out of the folder of the source")
            if target.is_dir():
                log.info("%s: a link to a folder, whose files have their own place", path)
                return None
        return entry if path.is_file() else replace(entry, problem="no regular file")
    except RuntimeError:  # a cycle, until Python 3.13
        return replace(entry, problem="a link that leads nowhere")
    except OSError as error:
        if error.errno in _NOWHERE:
            return replace(entry, problem="a link that leads nowhere")
        return replace(entry, problem=f"the file cannot be read: {error.strerror}", hidden=True)
