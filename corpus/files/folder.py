"""The files of a folder of documents: nothing outside of it is read, and nothing that is no file.

A link to a file counts as a file where it stays in the folder. Links to folders are not followed:
what they lead to in the folder is read in its own place, so that there is no cycle. What holds no
document of the source is no failure of one. Hard links cannot be told from files. Names that begin
with a dot are left alone; files of other kinds are counted.
"""

from __future__ import annotations

import errno
import logging
import os
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

log = logging.getLogger(__name__)

_NOWHERE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderEntry:
    """A file of a folder, or what is not read of it and why."""

    path: Path
    """Relative to the folder."""
    problem: str = ""
    hidden: bool = False
    """Whether nobody can tell which documents it holds; else it holds none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a folder holds, sub-folders too."""

    entries: list[FolderEntry] = field(default_factory=list)
    """In the order of their paths."""
    others: Counter[str] = field(default_factory=Counter)
    """Suffix -> how many files with it are of no kind that is read."""

    def named_others(self) -> str:
        """Return the other files as a person would count them: '2 .md, 1 without a suffix'."""
        counted = self.others.most_common()
        return ", ".join(f"{count} {suffix or 'without a suffix'}" for suffix, count in counted)


def contents(folder: Path, suffixes: Collection[str]) -> Contents:
    """Return the files with one of these suffixes, in any case, and a count of the others."""
    inside, found = folder.resolve(), Contents()

    def unreadable(error: OSError) -> None:
        path = Path(error.filename).relative_to(folder)
        problem = f"the folder cannot be read: {error.strerror}"
        found.entries.append(FolderEntry(path=path, problem=problem, hidden=True))

    for parent, folders, files in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        paths = [path for name in folders if (path := Path(parent, name)).is_symlink()]
        for path in (Path(parent, name) for name in files if not name.startswith(".")):
            if path.suffix.lower() in suffixes:
                paths.append(path)
            else:
                found.others[path.suffix.lower()] += 1
        found.entries.extend(filter(None, (_entry(path, folder, inside) for path in paths)))
    found.entries.sort(key=lambda entry: entry.path)
    return found


def _entry(path: Path, folder: Path, inside: Path) -> FolderEntry | None:
    """Return what a name stands for; None for a link to a folder that has its own place."""
    entry = FolderEntry(path=path.relative_to(folder))
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
