"""The files in which a run hands shards to workers, and gets back what they extracted.

A run has a folder of its own in the shared one. Its files hold texts of documents, so they live as
long as their shard is on its way, and folders of runs that were killed go when the next one begins.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from extractor.schema import Document
from flows.errors import ShardFailed
from flows.extraction.outcome import Outcome

Content = TypeVar("Content")

DOCUMENTS = TypeAdapter(tuple[Document, ...])
OUTCOME = TypeAdapter(Outcome)


@dataclass(frozen=True, slots=True)
class Handover:
    """The files of one run's shards."""

    shared: Path
    run: UUID

    @property
    def folder(self) -> Path:
        """The run's own folder."""
        return self.shared / str(self.run)

    def begin(self) -> None:
        """Make the run's folder; what runs before it left behind is removed.

        Only one run writes to the graph: the others have ended, or lost their place.
        """
        self.shared.mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in self.shared.iterdir():
            if left.is_dir() and left != self.folder:
                shutil.rmtree(left, ignore_errors=True)
        self.folder.mkdir(exist_ok=True, mode=0o700)

    def end(self) -> None:
        """Remove the run's folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def put_documents(self, shard: int, documents: Sequence[Document]) -> None:
        """Hand over a shard."""
        self._put(self._documents(shard), DOCUMENTS, tuple(documents))

    def documents(self, shard: int) -> tuple[Document, ...]:
        """Return a shard that was handed over.

        Raises:
            ShardFailed: it is not where this process looks for it.
        """
        try:
            return DOCUMENTS.validate_json(self._documents(shard).read_bytes())
        except FileNotFoundError as error:
            raise ShardFailed(
                f"{self._documents(shard)} is not there: let FACTLOOM_RUN__SHARED_FOLDER be one "
                "folder for the ingest and for all workers; or the ingest has ended"
            ) from error

    def put_outcome(self, shard: int, outcome: Outcome) -> None:
        """Hand back what a shard came to."""
        self._put(self._outcome(shard), OUTCOME, outcome)

    def take_outcome(self, shard: int) -> Outcome:
        """Return what a shard came to, and remove its files."""
        outcome = OUTCOME.validate_json(self._outcome(shard).read_bytes())
        self._documents(shard).unlink()
        self._outcome(shard).unlink()
        return outcome

    def _documents(self, shard: int) -> Path:
        return self.folder / f"{shard}.documents.json"

    def _outcome(self, shard: int) -> Path:
        return self.folder / f"{shard}.outcome.json"

    def _put(self, path: Path, adapter: TypeAdapter[Content], content: Content) -> None:
        """Write a file whole or not at all; a second attempt may write it beside the first."""
        draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        draft.write_bytes(adapter.dump_json(content))
        os.replace(draft, path)
