"""The files in which a run hands shards to workers, and gets back what they extracted.

A run has a folder of its own, in a folder of ours in the shared one. Its files hold texts of
documents, so they live as long as their shard is on its way. What a run that was killed left goes
when the next one begins; nothing else in the shared folder is touched. A run that is tried again
has the same folder and counts its shards anew: a worker may still have one of the first attempt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from pydantic import TypeAdapter

from extractor.files import whole_file
from extractor.schema import Document
from flows.errors import ShardFailed
from flows.records import Batch
from flows.run.own_folders import abandoned, claimed, listed, remove
from graph.model.rows import content_hash

Content = TypeVar("Content")

OURS = "factloom-shards"
"""The folder in the shared one that nobody else puts anything into."""

DOCUMENTS = TypeAdapter(tuple[Document, ...])
EXTRACTED = TypeAdapter(Batch)


def folders_of_runs(shared: Path) -> list[Path]:
    """Return the folders that runs made in a shared one, whether they live or not.

    Raises:
        OSError: they cannot be listed.
    """
    return [folder for folder in listed(shared / OURS) if _is_of_a_run(folder)]


def _is_of_a_run(folder: Path) -> bool:
    try:
        named = str(UUID(folder.name)) == folder.name
    except ValueError:
        return False
    return named and folder.is_dir() and not folder.is_symlink()


@dataclass(frozen=True, slots=True)
class Exchange:
    """The files of one run's shards."""

    shared: Path
    run: UUID

    @property
    def folder(self) -> Path:
        """The run's own folder."""
        return self.shared / OURS / str(self.run)

    @contextmanager
    def opened(self, *, tidy: bool) -> Iterator[None]:
        """Have the run's folder for the context.

        Args:
            tidy: first remove what runs left that were killed.

        Raises:
            FolderTaken: the same run lives already.
        """
        with claimed(self.folder):
            if tidy:
                remove(self.folder)  # of the same run, before it was killed and tried again
                for left in abandoned(folders_of_runs(self.shared)):
                    remove(left)
            self.folder.mkdir(exist_ok=True, mode=0o700)
            try:
                yield
            finally:
                remove(self.folder)

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

    def put_extracted(self, shard: int, extracted: Batch) -> None:
        """Hand back what a shard came to."""
        self._put(self._extracted(shard), EXTRACTED, extracted)

    def take_extracted(self, shard: int) -> Batch:
        """Return what a shard came to, and remove its files.

        Raises:
            ShardFailed: it tells of other documents than those that were handed over.
        """
        extracted = EXTRACTED.validate_json(self._extracted(shard).read_bytes())
        wanted = {each.id: content_hash(each) for each in self.documents(shard)}
        found = {each.document: wanted.get(each.document) for each in extracted.failures}
        found |= {each.document.id: content_hash(each.document) for each in extracted.extractions}
        if found != wanted:
            raise ShardFailed(
                f"{self._extracted(shard)} tells of other documents than those of this shard: a "
                "worker still extracts for the same run as it was before it was killed; start "
                "the run again once that worker is done"
            )
        self._documents(shard).unlink()
        self._extracted(shard).unlink()
        return extracted

    def _documents(self, shard: int) -> Path:
        return self.folder / f"{shard}.documents.json"

    def _extracted(self, shard: int) -> Path:
        return self.folder / f"{shard}.extracted.json"

    def _put(self, path: Path, adapter: TypeAdapter[Content], content: Content) -> None:
        """Write a file whole or not at all; a second attempt may write it beside the first."""
        with whole_file(path) as draft:
            draft.write_bytes(adapter.dump_json(content))
