"""One training loop for both models, on accelerate: it saves its state often and resumes."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.state import AcceleratorState
from accelerate.utils import set_seed
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import get_linear_schedule_with_warmup

from extractor.errors import DatasetRejected
from extractor.files import whole_file
from extractor.training.averaging import RunningAverage, set_weights, trained_weights
from extractor.training.memory import keep_freed_memory
from extractor.training.recipe import Recipe, steps

AVERAGE, BEST = "average.safetensors", "best.safetensors"
ACCELERATE_PRECISION = {"fp32": "no", "bf16": "bf16", "fp16": "fp16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingProgress:
    """Where training is; handed to a caller who wants to show it."""

    part: str
    step: int
    steps: int
    loss: float
    """Mean over the epoch's last 50 steps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What one epoch gave."""

    epoch: int
    loss: float
    """Mean over its steps."""
    dev: float | None = None
    """Score on the dev documents; larger is better."""


def fit(
    model: nn.Module,
    lengths: Sequence[int],
    loss_of: Callable[[Sequence[int]], Tensor],
    *,
    recipe: Recipe,
    part: str,
    state: Path,
    report: Callable[[TrainingProgress], None],
    terms: Sequence[Sequence[int]] | None = None,
    dev: Callable[[], float] | None = None,
) -> tuple[Epoch, ...]:
    """Train a model in place; a run that was killed goes on from its last saved state.

    With a dev score, the model ends with the weights of its best epoch.

    Args:
        model: its parameters that require gradients are trained; those of `model.encoder` with the
            encoder's learning rate.
        lengths: the length of each training sample, in word pieces.
        loss_of: the mean loss of samples, given by index, or (losses,) of which each is a mean;
            uses `model`.
        recipe: the hyper-parameters.
        part: what is trained, for progress.
        state: a folder for the state; it is emptied by nobody but the caller.
        report: called every 10 steps.
        terms: for each sample, the number of terms in the mean of each loss, so that a step in
            parts has the gradient of the whole step; without any, all count the same.
        dev: scores the model after each epoch; larger is better.

    Raises:
        DatasetRejected: there is no sample.
        FloatingPointError: the loss is not finite.
    """
    if not lengths:
        raise DatasetRejected(f"{part}: the documents hold nothing to train on")
    keep_freed_memory()
    plan = list(steps(lengths, recipe))
    run = _Run(model, lengths, recipe, state, len(plan))
    counts = torch.tensor(terms if terms is not None else [[1]] * len(lengths))
    steps_of_epoch = len(plan) // recipe.epochs
    run.model.train()
    for parts in plan[run.course.step :]:
        if run.course.ended:
            break
        step = run.course.step + 1
        loss = run.take_step(parts, loss_of, counts)
        if not math.isfinite(loss):
            raise FloatingPointError(f"{part}: the loss of step {step} is {loss}")
        if step % 10 == 0 or step == len(plan):
            recent = run.course.losses[-50:]
            mean = sum(recent) / len(recent)
            report(TrainingProgress(part=part, step=step, steps=len(plan), loss=mean))
        if step % steps_of_epoch == 0:
            run.end_epoch(dev)
        if step % 100 == 0 or step % steps_of_epoch == 0:
            run.save()
    run.finish(dev is not None)
    return tuple(run.course.epochs)


@dataclass(slots=True)
class _Course:
    """How far a run is; part of the saved state."""

    step: int = 0
    losses: list[float] = field(default_factory=list)
    """Of the steps since the last epoch."""
    epochs: list[Epoch] = field(default_factory=list)
    ended: bool = False
    """Dev scores have not risen for as long as the recipe allows."""

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> _Course:
        return cls(**{**saved, "epochs": [Epoch(**epoch) for epoch in saved["epochs"]]})


class _Run:
    """A model, its optimizer and all else that a saved state holds."""

    def __init__(
        self, model: nn.Module, lengths: Sequence[int], recipe: Recipe, state: Path, total: int
    ) -> None:
        set_seed(recipe.seed)
        # One for the whole process, else: this training may have another precision or device.
        AcceleratorState._reset_state(reset_partial_state=True)
        self.recipe = recipe
        self.state = state
        self.accelerator = Accelerator(
            cpu=next(model.parameters()).device.type == "cpu",
            mixed_precision=ACCELERATE_PRECISION[recipe.precision],
        )
        optimizer = torch.optim.AdamW(parameter_groups(model, recipe), fused=True)
        schedule = get_linear_schedule_with_warmup(optimizer, int(total * recipe.warm_up), total)
        prepared: Any = self.accelerator.prepare(model, optimizer, schedule)
        self.model, self.optimizer, self.schedule = prepared
        self.average = RunningAverage(model, recipe.average)
        self.course = _Course()
        self.fingerprint = _fingerprint(recipe, lengths, model)
        self._resume()

    def take_step(
        self,
        parts: Sequence[Sequence[int]],
        loss_of: Callable[[Sequence[int]], Tensor],
        terms: Tensor,
    ) -> float:
        """Return the mean loss of a step, whose parts weigh what they would in one piece."""
        total = terms[[n for samples in parts for n in samples]].sum(dim=0).clamp_min(1)
        loss = 0.0
        for samples in parts:
            share = terms[samples].sum(dim=0) / total
            with self.accelerator.autocast():
                means = loss_of(samples)
                mean = (means * share.to(means.device)).sum()
            self.accelerator.backward(mean)
            loss += mean.item()
        self.accelerator.clip_grad_norm_(self.model.parameters(), self.recipe.max_gradient_norm)
        self.optimizer.step()
        self.schedule.step()
        self.optimizer.zero_grad()
        self.course.step += 1
        self.average.update(self.model, self.course.step)
        self.course.losses.append(loss)
        return loss

    def end_epoch(self, dev: Callable[[], float] | None) -> None:
        """Score the model, keep its weights if they are the best, tell whether to go on."""
        course = self.course
        score = self._scored(dev) if dev is not None else None
        before = best_epoch(course.epochs)
        loss = sum(course.losses) / len(course.losses)
        course.epochs.append(Epoch(epoch=len(course.epochs) + 1, loss=loss, dev=score))
        course.losses.clear()
        best = best_epoch(course.epochs)
        if best is not None and best != before:
            weights = self.average.weights or trained_weights(self.model)
            self.state.mkdir(parents=True, exist_ok=True)
            with whole_file(self.state / BEST) as draft:
                save_file(weights, draft)
        if best is not None and self.recipe.patience is not None:
            course.ended = len(course.epochs) - best.epoch >= self.recipe.patience

    def _scored(self, dev: Callable[[], float]) -> float:
        self.model.eval()
        with self.average.applied(self.model):
            score = dev()
        self.model.train()
        return score

    def finish(self, best: bool) -> None:
        """Give the model its final weights and take accelerate's wrapping off."""
        if best:
            set_weights(self.model, load_file(self.state / BEST))
        else:
            self.average.apply(self.model)
        self.accelerator.unwrap_model(self.model, keep_fp32_wrapper=False)
        self.model.eval()

    def save(self) -> None:
        """Save the state; the pointer moves once it is whole, and older states go after that."""
        name = f"step-{self.course.step}"
        self.accelerator.save_state(str(self.state / name))
        # Not registered with accelerate, which would unpickle whatever stands in its file.
        save_file(self.average.weights, self.state / name / AVERAGE)
        saved = {"state": name, "run": self.fingerprint, "course": asdict(self.course)}
        with whole_file(self.state / "latest.json") as draft:
            draft.write_text(json.dumps(saved))
        for older in self.state.glob("step-*"):
            if older.name != name:
                shutil.rmtree(older)

    def _resume(self) -> None:
        """Load the last whole state of this very run, if any."""
        pointer = self.state / "latest.json"
        if not pointer.exists():
            return
        saved = json.loads(pointer.read_text())
        if saved.get("run") == self.fingerprint:
            folder = self.state / saved["state"]
            self.accelerator.load_state(str(folder))
            self.average.load(load_file(folder / AVERAGE))
            self.course = _Course.from_json(saved["course"])


def best_epoch(epochs: Sequence[Epoch]) -> Epoch | None:
    """Return the first epoch with the best dev score, if any has one."""
    scored = [epoch for epoch in epochs if epoch.dev is not None]
    return max(scored, key=lambda epoch: epoch.dev or 0.0, default=None)


def parameter_groups(model: nn.Module, recipe: Recipe) -> list[dict[str, Any]]:
    """Return AdamW's groups: encoder and the rest, matrices and what does not decay."""
    inside = {id(parameter) for parameter in model.encoder.parameters()}  # type: ignore[union-attr]
    head_rate = recipe.head_learning_rate or recipe.learning_rate
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for parameter in model.parameters():
        if parameter.requires_grad:
            key = (id(parameter) in inside, parameter.dim() > 1)
            groups.setdefault(key, []).append(parameter)
    return [
        {
            "params": parameters,
            "lr": recipe.learning_rate if in_encoder else head_rate,
            "weight_decay": recipe.weight_decay if matrix else 0.0,
        }
        for (in_encoder, matrix), parameters in groups.items()
    ]


def _fingerprint(recipe: Recipe, lengths: Sequence[int], model: nn.Module) -> str:
    """Tell one training from another, so that none goes on from a stranger's state."""
    shapes = [list(parameter.shape) for parameter in model.parameters()]
    text = json.dumps([asdict(recipe), list(lengths), shapes])
    return hashlib.sha256(text.encode()).hexdigest()
