"""`factloom train`: a training at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from extractor.training.plan import TrainingPlan
from extractor.training.train import train
from extractor.training.trainer import TrainingProgress
from flows.cli.views.scores import show_scores
from flows.cli.views.terminal import progress_bar
from flows.run.progress import Progress, listener


def train_checkpoint(console: Console, plan: TrainingPlan, plots: Path | None = None) -> None:
    """Train a checkpoint, print its scores on the held-out fifth, and say where all is written."""

    def report(step: TrainingProgress) -> None:
        note = f"{step.part}, loss {step.loss:.3f}"
        listener.get()(Progress(done=step.step, total=step.steps, unit="steps", note=note))

    with progress_bar("Training"):
        checkpoint = train(plan, report)
    results = plan.output / "scores.json"
    scores = json.loads(results.read_text(encoding="utf-8"))
    console.print(f"{checkpoint.name}: relations on the held-out fifth, mentions on unseen text")
    console.print()
    show_scores(console, scores)
    written = [plan.output, results]
    if plots is not None:
        from flows.evaluate.figures import plot_learning  # matplotlib takes a while

        written += plot_learning(plan.output, plots)
    for path in written:
        console.print(f"written: {path}", soft_wrap=True)
