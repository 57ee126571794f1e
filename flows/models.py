"""The registry of checkpoints: a folder of folders, and a file that names the champion.

    models/
        factloom-minilm/              a checkpoint, in the hub's format
        retrained-20261101-0a1b2c3d/  another
        champion                      one line: the name of the one that serves

The pointer is replaced whole, so a reader sees the old champion or the new one. Without a pointer,
the checkpoint of the settings serves.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from flows.errors import ChampionRejected

POINTER = "champion"


@dataclass(frozen=True, slots=True)
class Models:
    """The checkpoints beside the one that the settings name."""

    default: Path
    """The checkpoint that serves until another is promoted."""

    @property
    def folder(self) -> Path:
        """The folder that holds the checkpoints and the pointer."""
        return self.default.parent

    def champion(self) -> Path:
        """Return the folder of the checkpoint that serves.

        Raises:
            ChampionRejected: the pointer names no checkpoint of this folder.
        """
        pointer = self.folder / POINTER
        try:
            name = pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return self.default
        return self._checkpoint(name, f"{pointer} names {name!r}")

    def promote(self, name: str) -> None:
        """Make a checkpoint the champion.

        Raises:
            ChampionRejected: there is no such checkpoint in this folder.
        """
        self._checkpoint(name, f"{name!r} cannot be the champion")
        draft = self.folder / f"{POINTER}.{os.getpid()}.tmp"
        draft.write_text(f"{name}\n", encoding="utf-8")
        os.replace(draft, self.folder / POINTER)

    def _checkpoint(self, name: str, claim: str) -> Path:
        folder = self.folder / name
        if Path(name).name != name or not (folder / "config.json").is_file():
            raise ChampionRejected(
                f"{claim}, which is no checkpoint in {self.folder}: write another name into the "
                f"pointer, or delete it to serve {self.default.name}"
            )
        return folder
