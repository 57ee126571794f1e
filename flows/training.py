"""`factloom train` and `factloom evaluate`: the extractor's own commands, at the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from extractor.checkpoint import Checkpoint
from extractor.docred import LabelledDocument, read_docred
from extractor.errors import DatasetRejected
from extractor.evaluation import Score, evaluate_mentions, evaluate_relations
from extractor.trainer import Progress as TrainingProgress
from extractor.training import TrainingPlan, train
from flows.progress import Progress, listener
from flows.terminal import progress_bar


def train_checkpoint(console: Console, plan: TrainingPlan) -> None:
    """Train a checkpoint and print its scores."""

    def report(step: TrainingProgress) -> None:
        note = f"{step.part}, loss {step.loss:.3f}"
        listener.get()(Progress(done=step.step, total=step.steps, unit="steps", note=note))

    with progress_bar("Training"):
        checkpoint = train(plan, report)
    console.print(f"{checkpoint.name} saved to {plan.output}")
    _show(console, checkpoint, read_docred(plan.relations))


def evaluate_checkpoint(console: Console, folder: Path, data: Path) -> None:
    """Print the scores of a checkpoint on what it has not seen of labelled documents.

    Raises:
        DatasetRejected: it has seen all of them.
    """
    _show(console, Checkpoint.from_pretrained(folder), read_docred(data))


def _show(console: Console, checkpoint: Checkpoint, documents: Sequence[LabelledDocument]) -> None:
    record = checkpoint.record
    seen = record.relation_documents_seen
    fresh = [each for each in documents if each.document.title not in seen]
    unread = [each for each in documents if each.document.title not in record.mention_titles]
    if not fresh and not unread:
        raise DatasetRejected(f"{checkpoint.name} has seen every document: give others")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("score", "documents", "precision", "recall", "F1"):
        table.add_column(name, justify="left" if name == "score" else "right")
    if any(each.labels for each in fresh):
        trained = [each for each in documents if each.document.title in record.relation_titles]
        scores = evaluate_relations(checkpoint, fresh, training_documents=trained)
        table.add_row("relations", *_row(scores.f1, scores.documents))
        if len(trained) == len(record.relation_titles):  # what it trained on is at hand
            table.add_row("relations, Ign", *_row(scores.ign_f1, scores.documents))
    if unread:
        span, typed = evaluate_mentions(checkpoint.tagger, checkpoint.tokenizer, unread, record)
        table.add_row("mentions, span", *_row(span, len(unread)))
        table.add_row("mentions, span and type", *_row(typed, len(unread)))
    console.print(table)


def _row(score: Score, documents: int) -> tuple[str, ...]:
    numbers = (score.precision, score.recall, score.f1)
    return (str(documents), *(f"{number:.4f}" for number in numbers))
