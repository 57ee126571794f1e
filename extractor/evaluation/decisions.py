"""After training: thresholds, evidence rule and calibrator of a model, from its dev documents."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from transformers import PreTrainedTokenizerBase

from extractor.atlop.model import Atlop
from extractor.atlop.scoring import NOT_ADMITTED
from extractor.calibration.calibration import Calibrator, fit_calibrator
from extractor.calibration.evidence import EvidenceRule, tune_evidence
from extractor.calibration.thresholds import Thresholding, Thresholds, tune
from extractor.datasets.docred import LabelledDocument
from extractor.errors import DatasetRejected
from extractor.evaluation.cells import Cells, gold_cells
from extractor.evaluation.gold import score_gold
from extractor.evaluation.gold_evidence import evidence_cases
from extractor.relations import RelationVocabulary

FOLDS = 5
EVIDENCE_TOLERANCE = 0.01
"""Evidence F1 by which another threshold must beat DREEAM's: on few documents less is chance.

Co-occurrence as a feature is left out: supervised attention is as good without it (decision 20).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What turns margins and attention into statements."""

    thresholds: Thresholds
    """Already part of the model: its margins are counted from them."""
    calibrator: Calibrator
    evidence: EvidenceRule


def fit_decisions(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
    *,
    thresholding: Thresholding,
) -> Decisions:
    """Tune thresholds and build them into the model, then tune the rest on its new margins.

    Args:
        atlop: trained; its margins are moved by the thresholds.
        tokenizer: the model's.
        documents: labelled documents that trained nothing.
        vocabulary: the model's.
        thresholding: how thresholds may be chosen.

    Raises:
        DatasetRejected: the documents label no scored entity pair, or all.
    """
    scored = score_gold(atlop, tokenizer, documents, vocabulary).windows
    cells = gold_cells(scored, documents, vocabulary)
    if not cells.holds.any() or cells.holds.all():
        # A model that is very sure leaves one kind of cell only near 0: then every cell counts
        # that the types admit; the others would flatten the calibrator.
        cells = gold_cells(scored, documents, vocabulary, floor=NOT_ADMITTED)
    if not cells.holds.any() or cells.holds.all():
        raise DatasetRejected(
            f"the {len(documents)} dev documents label no scored entity pair, or all"
        )
    thresholds = tune(
        thresholding,
        cells.margin,
        cells.column,
        cells.holds,
        gold=cells.gold,
        relations=len(vocabulary.ids),
    )
    atlop.assert_above(thresholds)
    moved = replace(cells, margin=cells.margin - np.asarray(thresholds)[cells.column])
    return Decisions(
        thresholds=thresholds,
        calibrator=calibrate(moved, documents, relations=len(vocabulary.ids)),
        evidence=tune_evidence(
            evidence_cases(scored, documents, vocabulary),
            cooccurrences=(0.0,),
            tolerance=EVIDENCE_TOLERANCE,
        ),
    )


def calibrate(cells: Cells, documents: Sequence[LabelledDocument], *, relations: int) -> Calibrator:
    """Fit a calibrator, its shrinkage chosen by cross-validation over documents."""
    folds = np.array([fold_of(item.document.title) for item in documents])
    return fit_calibrator(cells.margin, cells.column, cells.holds, folds[cells.document], relations)


def fold_of(title: str) -> int:
    """Return the fold of a document, 0 to 4, which does not depend on the other documents."""
    return int(hashlib.sha256(f"fold {title}".encode()).hexdigest(), 16) % FOLDS
