"""Where the batches of a run are extracted, as the settings choose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol
from uuid import UUID

from extractor.schema import Document
from flows.components import components
from flows.ingest.exchange import Exchange
from flows.ingest.extraction import extract_documents
from flows.records import Batch
from flows.run.context import SourceRun
from flows.run.slots import gpu


class Executor(Protocol):
    """Where batches are extracted."""

    parallel: int
    """Batches that it extracts at the same time."""
    documents: int
    """In a batch."""

    def extract(self, documents: Sequence[Document]) -> Batch:
        """Extract the documents of a batch; called from several threads.

        Raises:
            Stopped: what is on its way was ended.
        """
        ...

    def stop(self) -> None:
        """End what is on its way; called when somebody asks to stop, and at the end."""
        ...


class ThisProcess:
    """Extracts with the model of this process, within the limit of its device."""

    parallel = 1

    def __init__(self, documents: int, stopped: Callable[[], bool]) -> None:
        self.documents = documents
        self._stopped = stopped

    def extract(self, documents: Sequence[Document]) -> Batch:
        """Extract the documents of a batch.

        Raises:
            Stopped: somebody asked to stop.
        """
        with gpu():
            return extract_documents(documents, self._stopped)

    def stop(self) -> None:
        """Do nothing: an extraction looks by itself whether to stop."""


@contextmanager
def chosen_executor(run: SourceRun) -> Iterator[Executor]:
    """Have the executor that the settings name, ready for the batches of a run.

    Raises:
        NoRay: the settings name Ray, which is not there.
    """
    parts, interruption = components(), run.interruption
    settings = parts.settings.run
    match settings.task_runner:
        case "threads":
            yield ThisProcess(settings.batch_documents, lambda: interruption.asked)
        case "ray":
            from flows.ingest.ray import actors

            with actors(settings, gpu=parts.device() == "cuda") as started:
                yield started
        case "workers":
            from flows.ingest.shards import Shards

            files = Exchange(settings.shared_folder, UUID(run.info.id))
            with files.opened(tidy=not run.dry_run):
                yield Shards(files, settings)
