"""A checkpoint and its scores -> the files of an evaluation's plots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.atlop.scoring import WindowScores
from extractor.calibration import reliability
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import LabelledDocument
from extractor.evaluation.cells import gold_cells
from extractor.evaluation.scores import CANDIDATE_PROBABILITY
from extractor.manifest import read_object
from flows.pages import plots


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochScores:
    """One epoch of `scores.json`, as the learning curve takes it."""

    epoch: int
    loss: float
    dev_f1: float


def plot_learning(checkpoint: Path, folder: Path) -> list[Path]:
    """Draw how a checkpoint was trained; without a record of it, nothing."""
    record = checkpoint / "scores.json"
    training = read_object(record) if record.is_file() else {}
    epochs = [
        EpochScores(epoch=each["epoch"], loss=each["loss"], dev_f1=each["dev"])
        for each in training.get("epochs", ())
        if each["dev"] is not None
    ]
    return [plots.learning_curve(epochs, folder / "learning-curve.png")] if epochs else []


def plot_trust(
    checkpoint: Checkpoint,
    documents: Sequence[LabelledDocument],
    windows: Sequence[Sequence[WindowScores]],
    folder: Path,
) -> list[Path]:
    """Draw reliability and risk against coverage; what has no cells is left out."""
    cells = gold_cells(windows, documents, checkpoint.relations)
    chances = checkpoint.calibrator.probabilities(cells.margin, cells.column)
    likely, asserted = chances >= CANDIDATE_PROBABILITY, cells.margin > 0
    drawn = []
    error = reliability.ece(chances[likely], cells.holds[likely])
    if error is not None:
        curve = reliability.reliability_curve(chances[likely], cells.holds[likely])
        bins = [(each.probability, each.share, each.cells) for each in curve]
        drawn.append(plots.reliability(bins, error, folder / "reliability.png"))
    if asserted.any():
        risks = reliability.risk_coverage(chances[asserted], cells.holds[asserted])
        points = list(zip(risks.coverage.tolist(), risks.risk.tolist(), strict=True))
        drawn.append(plots.risk_coverage_curve(points, folder / "risk-coverage.png"))
    return drawn


def plot_by_entities(
    checkpoints: Sequence[Checkpoint],
    counts: Sequence[Sequence[tuple[int, int, int, int]]],
    folder: Path,
) -> Path:
    """Draw F1 by number of entities (Figure 4), one line a checkpoint.

    Args:
        checkpoints: at most four.
        counts: of each checkpoint, `RelationScores.by_document` on the same documents.
        folder: where the figure goes.
    """
    points = {
        name: plots.bin_by_entities(
            plots.DocumentCounts(entities=entities, right=right, predicted=predicted, gold=gold)
            for entities, right, predicted, gold in documents
        )
        for name, documents in zip(_series(checkpoints), counts, strict=True)
    }
    return plots.f1_by_entities(points, folder / "f1-by-entities.png")


def _series(checkpoints: Sequence[Checkpoint]) -> list[str]:
    """Return what tells checkpoints apart: their context where it differs, else their names."""
    contexts = [each.atlop.config.context for each in checkpoints]
    if len(contexts) == 1 or len(set(contexts)) < len(contexts):
        return [each.name for each in checkpoints]
    return [
        f"{'with' if context == 'localized' else 'without'} localized context"
        for context in contexts
    ]
