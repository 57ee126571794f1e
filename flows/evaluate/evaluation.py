"""Scores of a checkpoint on documents that it has not seen, and files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from extractor.atlop.scoring import WindowScores
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import LabelledDocument
from extractor.datasets.reading import LabelledFiles
from extractor.datasets.submission import write_submission
from extractor.encoder.precision import Precision
from extractor.errors import DatasetRejected
from extractor.evaluation.gold import score_gold
from extractor.evaluation.scores import (
    RelationScores,
    evaluate_mentions,
    evaluate_relations,
    unseen_by_detectors,
)
from extractor.files import file_hash
from flows.evaluate.asserted import asserted_triples
from flows.run.progress import Progress, listener

PARTS = ("relations", "mentions", "submission", "plots")
"""Of an evaluation, for its progress bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPlan:
    """What to score on what, and which files to write."""

    data: LabelledFiles
    checkpoint: Path
    train: Path | None = None
    """Training documents, for Ign F1; else those that `data` holds."""
    compare: Path | None = None
    """A second checkpoint, scored on documents that neither has seen."""
    results: Path | None = None
    submission: Path | None = None
    plots: Path | None = None
    """A folder."""
    device: str = "cpu"
    precision: Precision = "fp32"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A checkpoint with its scores."""

    checkpoint: Checkpoint
    relations: RelationScores


def load_checkpoint(folder: Path, device: str) -> Checkpoint:
    """Load a checkpoint onto a device."""
    checkpoint = Checkpoint.from_pretrained(folder)
    checkpoint.atlop.to(device)
    checkpoint.tagger.to(device)
    return checkpoint


def evaluate(plan: EvaluationPlan) -> tuple[dict[str, Any], list[Path]]:
    """Return the scores, as `--results` holds them, and the files that were written.

    Raises:
        DatasetRejected: it has seen all documents, and no submission is asked for.
    """
    folders = [plan.checkpoint] if plan.compare is None else [plan.checkpoint, plan.compare]
    checkpoints = [load_checkpoint(folder, plan.device) for folder in folders]
    checkpoint = checkpoints[0]
    parts = [plan.data.read_file(file, checkpoint.relations) for file in plan.data.files]
    documents = [item for part in parts for item in part]
    seen = frozenset[str]().union(*(each.record.relation_documents_seen for each in checkpoints))
    # A file without a label is unlabelled: it does not say that nothing holds.
    labelled = [item for part in parts if any(item.labels for item in part) for item in part]
    fresh = [item for item in labelled if item.document.title not in seen]
    unread = unseen_by_detectors(documents, checkpoint)
    if not (fresh or unread or plan.submission):
        raise DatasetRejected(f"{checkpoint.name} has seen every document: give others")
    scored, origin = _relations(plan, checkpoints, documents, fresh)
    scores = {
        "checkpoint": checkpoint.name,
        "data": {file.name: file_hash(file) for file in plan.data.files},
        "precision": plan.precision,
        **_relation_scores(scored, origin),
        "mentions": _mentions(checkpoint, unread) if unread else None,
    }
    written = []
    if plan.results is not None:
        text = json.dumps(scores, indent=1, ensure_ascii=False)
        plan.results.write_text(text + "\n", encoding="utf-8")
        written.append(plan.results)
    if plan.submission is not None:
        _tell("submission")
        _submit(plan, checkpoint, documents, plan.submission)
        written.append(plan.submission)
    if plan.plots is not None:
        _tell("plots")
        written += _plot(plan, scored, fresh, plan.plots)
    return scores, written


def _relations(
    plan: EvaluationPlan,
    checkpoints: Sequence[Checkpoint],
    documents: Sequence[LabelledDocument],
    fresh: Sequence[LabelledDocument],
) -> tuple[list[Scored], str | None]:
    """Return relation scores where there are labels, and where the facts of Ign F1 stand."""
    if not any(item.labels for item in fresh):
        return [], None
    _tell("relations")
    known, origin = _training_documents(plan, checkpoints[0], documents)
    scored = [
        Scored(
            checkpoint=each,
            relations=evaluate_relations(
                each, fresh, training_documents=known, precision=plan.precision
            ),
        )
        for each in checkpoints
    ]
    return scored, origin


def _training_documents(
    plan: EvaluationPlan, checkpoint: Checkpoint, documents: Sequence[LabelledDocument]
) -> tuple[list[LabelledDocument], str | None]:
    """Return what Ign F1 leaves out, and where it stands; nothing if not all is at hand."""
    if plan.train is not None:
        return plan.data.read_file(plan.train, checkpoint.relations), plan.train.name
    titles = checkpoint.record.relation_titles
    known = [item for item in documents if item.document.title in titles]
    if not titles or len(known) != len(titles):
        return [], None
    return known, f"its {len(known):,} training documents, found in the data"


def _relation_scores(scored: Sequence[Scored], origin: str | None) -> dict[str, Any]:
    sides = [
        {"checkpoint": each.checkpoint.name, "relations": asdict(each.relations)} for each in scored
    ]
    if origin is None:
        for each in sides:
            each["relations"]["ign_f1"] = None  # type: ignore[index]
    return {
        "relations": sides[0]["relations"] if sides else None,
        "ign_f1_from": origin,
        "compared": sides[1] if len(sides) > 1 else None,
    }


def _mentions(checkpoint: Checkpoint, documents: Sequence[LabelledDocument]) -> dict[str, Any]:
    _tell("mentions")
    span, typed = evaluate_mentions(checkpoint, documents)
    return {"documents": len(documents), "span": asdict(span), "typed": asdict(typed)}


def _submit(
    plan: EvaluationPlan, checkpoint: Checkpoint, documents: Sequence[LabelledDocument], path: Path
) -> None:
    asserted = {
        (triple.document, triple.head, triple.relation, triple.tail): triple.sentences
        for triple in asserted_triples(checkpoint, documents, _score(plan, checkpoint, documents))
    }
    write_submission(path, [item.document for item in documents], asserted)


def _plot(
    plan: EvaluationPlan,
    scored: Sequence[Scored],
    documents: Sequence[LabelledDocument],
    folder: Path,
) -> list[Path]:
    from flows.evaluate import figures  # matplotlib takes a while

    written = figures.plot_learning(plan.checkpoint, folder)
    if scored:
        checkpoint = scored[0].checkpoint
        windows = _score(plan, checkpoint, documents)
        written += figures.plot_trust(checkpoint, documents, windows, folder)
        written.append(
            figures.plot_by_entities(
                [each.checkpoint for each in scored],
                [each.relations.by_document for each in scored],
                folder,
            )
        )
    return written


def _score(
    plan: EvaluationPlan, checkpoint: Checkpoint, documents: Sequence[LabelledDocument]
) -> list[list[WindowScores]]:
    return score_gold(
        checkpoint.atlop,
        checkpoint.tokenizer,
        documents,
        checkpoint.relations,
        precision=plan.precision,
    ).windows


def _tell(part: str) -> None:
    listener.get()(
        Progress(done=PARTS.index(part), total=len(PARTS), unit="parts done", note=f"now {part}")
    )
