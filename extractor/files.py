"""Files: written whole or not at all, and hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a draft that takes the place of a file, or of an empty folder, when the block ends.

    A block that fails, or that leaves no draft, leaves what was there.
    """
    with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as beside:
        draft = Path(beside) / path.name
        yield draft
        if draft.exists():
            draft.replace(path)


def file_hash(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
