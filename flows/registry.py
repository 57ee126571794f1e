"""The registry of checkpoints: a folder of folders, and a file that names the champion.

    .factloom/models/
        retrained-20261101-0a1b2c3d/  a checkpoint, in the hub's format, with retraining.json
        champion                      names, one a line: the one that serves, then those before it

The pointer is replaced whole, so a reader sees the old champion or the new one, also on a shared
disk. Where it names nobody, the checkpoint of the settings serves; that one is only ever read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.files import whole_file
from flows.errors import ChampionRejected

POINTER = "champion"
REMEMBERED = 20
"""Names that the pointer keeps."""


@dataclass(frozen=True, slots=True)
class Models:
    """The checkpoint of the settings, and those of the registry."""

    default: Path
    """The checkpoint that serves until another is promoted."""
    folder: Path
    """Holds the other checkpoints and the pointer; it need not exist before one is promoted."""

    def champion(self) -> Path:
        """Return the folder of the checkpoint that serves.

        Raises:
            ChampionRejected: the pointer names no checkpoint of the registry.
        """
        pointer, names = self.folder / POINTER, self._champions()
        if not names:
            return self.default
        try:
            return self.checkpoint(names[0])
        except ChampionRejected as error:
            raise ChampionRejected(
                f"{pointer} names {names[0]!r}: {error}; or delete {pointer} to serve "
                f"{self.default.name}"
            ) from None

    def checkpoints(self) -> tuple[Path, ...]:
        """Return the folders of all checkpoints: the settings' first, then the registry's."""
        found = sorted(config.parent for config in self.folder.glob("*/config.json"))
        others = (each for each in found if each.resolve() != self.default.resolve())
        return (self.default, *others)

    def checkpoint(self, name: str) -> Path:
        """Return the folder of a checkpoint by its name.

        Raises:
            ChampionRejected: there is none; the message names those that there are.
        """
        for folder in self.checkpoints():
            if folder.name == name:
                return folder
        known = ", ".join(folder.name for folder in self.checkpoints())
        raise ChampionRejected(
            f"{name!r} is no checkpoint in {self.folder}: choose one of {known}; to serve one that "
            "lies elsewhere, set FACTLOOM_EXTRACTOR__CHECKPOINT to its folder"
        )

    def promote(self, name: str) -> None:
        """Make a checkpoint the champion.

        Raises:
            ChampionRejected: there is no such checkpoint.
        """
        self.checkpoint(name)
        before = self._champions()
        if before[:1] != (name,):
            self._point((name, *(before or (self.default.name,))))

    def demote(self) -> Path:
        """Make the champion before this one serve again; return its folder.

        Raises:
            ChampionRejected: there was none before, or it is gone.
        """
        names = self._champions()
        if len(names) < 2:
            raise ChampionRejected(f"no champion came before {self.champion().name}")
        before = self.checkpoint(names[1])
        self._point(names[1:])
        return before

    def _champions(self) -> tuple[str, ...]:
        try:
            lines = (self.folder / POINTER).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return ()
        return tuple(name for line in lines if (name := line.strip()))

    def _point(self, names: Sequence[str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with whole_file(self.folder / POINTER) as draft:
            draft.write_text("".join(f"{name}\n" for name in names[:REMEMBERED]), encoding="utf-8")
