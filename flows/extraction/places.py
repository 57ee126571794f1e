"""Where the batches of a run are extracted, as the settings choose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from extractor.schema import Document
from flows.components import components
from flows.extraction.handover import Handover
from flows.extraction.outcome import Outcome, extract_documents
from flows.limits import gpu


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where batches are extracted."""

    extract: Callable[[Sequence[Document]], Outcome]
    """Called from several threads."""
    stop: Callable[[], None] = lambda: None
    """Ends what is on its way, where that would take long; called once, at the end."""
    parallel: int
    """Batches that it extracts at the same time."""
    documents: int
    """In a batch."""

    @property
    def ahead(self) -> int:
        """Batches in hand at most: one is written, one waits so that nobody idles meanwhile."""
        return self.parallel + 2


def extract_here(documents: Sequence[Document]) -> Outcome:
    """Extract a batch with the model of this process, within the limit of its device."""
    with gpu():
        return extract_documents(documents)


@contextmanager
def chosen_place(run: UUID, *, dry_run: bool) -> Iterator[Place]:
    """Have the place that the settings name, ready for batches of a run.

    Args:
        run: that needs it.
        dry_run: remove nothing that an earlier run left.

    Raises:
        NoRay: the settings name Ray, which is not there.
    """
    parts = components()
    settings = parts.settings.run
    match settings.task_runner:
        case "threads":
            yield Place(extract=extract_here, parallel=1, documents=settings.batch_documents)
        case "ray":
            from flows.extraction.ray import actors

            with actors(settings, gpu=parts.device() == "cuda") as started:
                yield Place(
                    extract=started.extract,
                    parallel=settings.parallel,
                    documents=settings.batch_documents,
                )
        case "workers":
            from flows.extraction.shards import shards

            with shards(Handover(settings.shared_folder, run), tidy=not dry_run) as handed:
                yield Place(
                    extract=handed.extract,
                    stop=handed.cancel,
                    parallel=settings.parallel,
                    documents=settings.shard_documents,
                )
