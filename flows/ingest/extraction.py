"""The one way to extract documents, wherever that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain
from threading import Lock

from extractor.batches import batched
from extractor.errors import DocumentRejected
from extractor.schema import Document, Extraction
from flows.components import components
from flows.records import Batch, Counts, Failure
from flows.redaction import describe
from flows.run.isolation import isolate

STAGE = "extract"
_one_at_a_time = Lock()
"""Two batches on one device share its memory, and together take no less time."""


def extract_documents(
    documents: Sequence[Document],
    stopped: Callable[[], bool] = lambda: False,
    *,
    at_once: int | None = None,
) -> Batch:
    """Extract documents of one source in this process; return what came of them.

    Args:
        documents: of a batch.
        stopped: asked every other second whether to stop.
        at_once: so many at a time; all if not given.

    Raises:
        Stopped: `stopped` said so.
        CheckpointRejected: the champion cannot be loaded.
        SourceUnavailable: the entity index does not answer.
        SourceRejected: it refuses us.
    """
    parts = components()
    extractor = parts.extractor  # what is wrong with it is no document's fault
    attempt = partial(extractor.attempt, stopped=stopped)
    found: list[Extraction | DocumentRejected] = []
    failures: list[Failure] = []
    with _one_at_a_time:
        before = dict(extractor.seconds)
        for some in batched(documents, at_once or len(documents)):
            results, failed = isolate(some, attempt, stage=STAGE, document=lambda each: each.id)
            found += chain.from_iterable(results)
            failures += failed
        seconds = {stage: spent - before[stage] for stage, spent in extractor.seconds.items()}
    failures += (
        Failure(document=each.document, stage=STAGE, error=describe(each))
        for each in found
        if isinstance(each, DocumentRejected)
    )
    return Batch(
        extractions=tuple(each for each in found if isinstance(each, Extraction)),
        failures=tuple(failures),
        checkpoint=extractor.checkpoint_name,
        config_hash=parts.config_hash(documents[0].source),
        counts=Counts(seconds=seconds),
    )
