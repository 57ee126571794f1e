"""`factloom evaluate`: an evaluation at the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from flows.cli.views.scores import show_scores
from flows.cli.views.terminal import progress_bar
from flows.evaluate.evaluation import EvaluationPlan, evaluate


def evaluate_checkpoint(console: Console, plan: EvaluationPlan) -> None:
    """Print the scores of a checkpoint on what it has not seen, and write the files of the plan.

    Raises:
        DatasetRejected: it has seen all documents, and no submission is asked for.
    """
    with progress_bar("Evaluating"):
        scores, written = evaluate(plan)
    if scores["relations"] or scores["mentions"]:
        console.print(_heading(scores))
        console.print()
        show_scores(console, scores)
    for path in written:
        console.print(f"written: {path}", soft_wrap=True)


def _heading(scores: Mapping[str, Any]) -> str:
    lines = [f"{scores['checkpoint']} on documents that it has not seen"]
    for what in ("relations", "mentions"):
        if part := scores[what]:
            lines.append(f"{what}: {part['documents']:,} documents")
    if origin := scores["ign_f1_from"]:
        lines.append(f"Ign leaves out the facts stated in {origin}")
    elif scores["relations"]:
        lines.append("for Ign F1, give the training documents with --train")
    return "\n".join(lines)
