"""Where the batches of a run are extracted, as the settings choose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
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
    """Called from several threads; raises `Stopped` where what is on its way was ended."""
    stop: Callable[[], None] = lambda: None
    """Ends what is on its way elsewhere; called when somebody asks to stop, and at the end."""
    parallel: int
    """Batches that it extracts at the same time."""
    documents: int
    """In a batch."""

    @property
    def ahead(self) -> int:
        """Batches in hand at most: one is written, one waits so that nobody idles meanwhile."""
        return self.parallel + 2


def extract_here(stopped: Callable[[], bool], documents: Sequence[Document]) -> Outcome:
    """Extract a batch with the model of this process, within the limit of its device."""
    with gpu():
        return extract_documents(documents, stopped)


@contextmanager
def chosen_place(
    run: UUID, *, dry_run: bool, stopped: Callable[[], bool] = lambda: False
) -> Iterator[Place]:
    """Have the place that the settings name, ready for batches of a run.

    Args:
        run: that needs it.
        dry_run: remove nothing that an earlier run left.
        stopped: whether somebody asked to stop; an extraction in this process looks.

    Raises:
        NoRay: the settings name Ray, which is not there.
    """
    parts = components()
    settings = parts.settings.run
    match settings.task_runner:
        case "threads":
            yield Place(
                extract=partial(extract_here, stopped),
                parallel=1,
                documents=settings.batch_documents,
            )
        case "ray":
            from flows.extraction.ray import actors

            with actors(settings, gpu=parts.device() == "cuda") as started:
                yield Place(
                    extract=started.extract,
                    stop=started.stop,
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
