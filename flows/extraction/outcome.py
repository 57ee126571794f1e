"""What became of a batch of documents, and the one way to extract it, wherever that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Lock

from extractor.errors import DocumentRejected
from extractor.schema import Document, Extraction
from flows.components import components
from flows.discretion import describe
from flows.isolation import NO_DOCUMENTS_FAULT, Failure, isolate

STAGE = "extract"
_one_at_a_time = Lock()
"""Two batches on one device share its memory, and together take no less time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What extracting a batch came to."""

    extractions: tuple[Extraction, ...]
    failures: tuple[Failure, ...]
    """Documents that could not be processed."""
    seconds: Mapping[str, float]
    """By stage: mentions, linking, relations."""
    checkpoint: str
    config_hash: str

    @classmethod
    def total(cls, outcomes: Sequence[Outcome]) -> Outcome:
        """Return what several batches of one process came to; at least one."""
        seconds: Counter[str] = Counter()
        for each in outcomes:
            seconds.update(each.seconds)
        return cls(
            extractions=tuple(found for each in outcomes for found in each.extractions),
            failures=tuple(failed for each in outcomes for failed in each.failures),
            seconds=dict(seconds),
            checkpoint=outcomes[0].checkpoint,
            config_hash=outcomes[0].config_hash,
        )


def extract_documents(
    documents: Sequence[Document], stopped: Callable[[], bool] = lambda: False
) -> Outcome:
    """Extract documents of one source in this process; what cannot be processed is set aside.

    Args:
        documents: of a batch.
        stopped: asked every other second whether to stop.

    Raises:
        Stopped: `stopped` said so.
        CheckpointRejected: the champion cannot be loaded.
        SourceUnavailable: the entity index does not answer.
        SourceRejected: it refuses us.
    """
    parts = components()
    extractor = parts.extractor()  # what is wrong with it is no document's fault
    with _one_at_a_time:
        before = dict(extractor.seconds)
        results, failures = isolate(
            documents,
            partial(extractor.attempt, stopped=stopped),
            stage=STAGE,
            document=lambda each: each.id,
            raised=NO_DOCUMENTS_FAULT,
        )
        seconds = {stage: spent - before[stage] for stage, spent in extractor.seconds.items()}
    found = [each for result in results for each in result]
    refused = (
        Failure(document=each.document, stage=STAGE, error=describe(each))
        for each in found
        if isinstance(each, DocumentRejected)
    )
    return Outcome(
        extractions=tuple(each for each in found if isinstance(each, Extraction)),
        failures=(*failures, *refused),
        seconds=seconds,
        checkpoint=extractor.checkpoint_name,
        config_hash=parts.config_hash(documents[0].source),
    )
