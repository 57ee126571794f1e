"""Statements of raw texts with what is known of them, and whether people labelled them.

The shipped checkpoint reads the texts and our linker links them to an index of Wikidata's tables
that has facts. An entity stands for the gold cluster that more than half of its mentions belong to;
labels are incomplete, so that the shares that are true are rather too low than too high.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.wikidata_tables import FactIndex
from benchmarks.quality.relations import CHECKPOINT
from extractor.batches import batched
from extractor.calibration.logistic import fit_logistic, log_odds, sigmoid
from extractor.checkpoint import Checkpoint
from extractor.checks.checking import known_of
from extractor.checks.weights import KINDS, CheckWeights
from extractor.circumstances import weigh
from extractor.datasets.docred import LabelledDocument
from extractor.evaluation.raw import majority_matches, raw
from extractor.pipeline import Extractor
from extractor.schema import Extraction
from extractor.training.circumstances_part import by_margin, sentences_read_in

Floats = NDArray[np.float64]
PENALTY = 1.0
"""Of the squared log-odds: as if each were known to be 0 within 1."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement of a document."""

    title: str
    relation: str
    probability: float
    """Without checks."""
    kind: str
    """Of what is known of it; empty where nothing is."""
    true: bool


def checked_statements(data: Path, documents: Sequence[LabelledDocument]) -> list[Checked]:
    """Extract documents from their texts alone, and judge each statement by the labels."""
    checkpoint = Checkpoint.from_pretrained(CHECKPOINT)
    found: list[Checked] = []
    with tempfile.TemporaryDirectory() as folder:
        extractor = Extractor(checkpoint, FactIndex(data, Path(folder)))
        for some in batched(documents, 50):
            extractions = extractor.extract([raw(item.document) for item in some])
            for extraction, item in zip(extractions, some, strict=True):
                found += _checked(extraction, item, checkpoint)
    return found


def _checked(
    extraction: Extraction, item: LabelledDocument, checkpoint: Checkpoint
) -> Iterator[Checked]:
    matches = majority_matches(extraction, item)
    labels = {(label.head, label.relation, label.tail) for label in item.labels}
    known = known_of(extraction.statements, extraction.entities)
    weighed = weigh(
        by_margin(extraction, checkpoint),
        extraction.entities,
        sentences_read_in(extraction.document),
        checkpoint.circumstances,
    )
    for n, each in enumerate(weighed):
        yield Checked(
            title=item.document.title,
            relation=each.relation,
            probability=each.probability,
            kind=known[n].kind if n in known else "",
            true=(matches[each.head], each.relation, matches[each.tail]) in labels,
        )


def learned(statements: Sequence[Checked], seen: Collection[str]) -> CheckWeights:
    """Return what each kind adds to the log-odds, beside how far all of these are off.

    Args:
        statements: of documents, none of them of the held-out fifth.
        seen: titles that trained the checkpoint: what it says of them is off by another amount.
    """
    base = np.array([log_odds(each.probability) for each in statements])
    target = np.array([float(each.true) for each in statements])
    inputs = np.array(
        [
            [each.title in seen, each.title not in seen, *(each.kind == kind for kind in KINDS)]
            for each in statements
        ],
        dtype=np.float64,
    )
    weights = fit_logistic(inputs, base, target, np.zeros(inputs.shape[1]), PENALTY)
    chances = sigmoid(inputs @ weights + base)
    curvature = (inputs * (chances * (1 - chances))[:, None]).T @ inputs
    errors = np.sqrt(np.diag(np.linalg.inv(curvature + PENALTY * np.eye(len(weights)))))
    counts = Counter(each.kind for each in statements)
    return CheckWeights(
        log_odds={kind: round(float(w), 4) for kind, w in zip(KINDS, weights[2:], strict=True)},
        errors={kind: round(float(e), 4) for kind, e in zip(KINDS, errors[2:], strict=True)},
        statements={kind: counts[kind] for kind in KINDS},
        trained_on=tuple(sorted({each.title for each in statements})),
    )
