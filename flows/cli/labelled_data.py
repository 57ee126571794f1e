"""Labelled files, read before anything slow is: torch and a server take longer than a bad row."""

from __future__ import annotations

from pathlib import Path

from extractor import manifest
from extractor.datasets import splits
from extractor.datasets.reading import LabelledFiles


def refuse_unusable(
    files: LabelledFiles, *, vocabulary: Path | None, checkpoint: Path | None
) -> None:
    """Do nothing for files that can be used.

    Args:
        files: labelled documents.
        vocabulary: the relations that they may state; else the checkpoint's.
        checkpoint: that is scored, or gives what is not trained; None where nothing comes of it.

    Raises:
        DatasetRejected: a file cannot be used; the message names the place.
        CheckpointRejected: there is no checkpoint.
    """
    known = manifest.read_vocabulary(checkpoint) if checkpoint else None
    if vocabulary is not None:
        known = splits.read_vocabulary_file(vocabulary)
    assert known is not None  # a training without a vocabulary has a base
    files.read(known)
