"""One training loop for both models, on accelerate: it saves its state often and resumes."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from torch import Tensor, nn
from transformers import get_linear_schedule_with_warmup

POOL_BATCHES = 16
"""Batches among which samples of similar length are put together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a model is trained; the defaults are what suits MiniLM (ATLOP's are for BERT-base)."""

    epochs: int = 10
    learning_rate: float = 2e-4
    batch_size: int = 4
    """Windows in a step."""
    warm_up: float = 0.06
    """Share of the steps in which the learning rate rises."""
    max_gradient_norm: float = 1.0
    weight_decay: float = 0.01
    seed: int = 66


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where training is; handed to a caller who wants to show it."""

    part: str
    step: int
    steps: int
    loss: float
    """Mean over the last 50 steps."""


def fit(
    model: nn.Module,
    lengths: Sequence[int],
    loss_of: Callable[[Sequence[int]], Tensor],
    *,
    recipe: Recipe,
    part: str,
    state: Path,
    report: Callable[[Progress], None],
) -> None:
    """Train a model in place; a run that was killed goes on from its last saved state.

    Args:
        model: its parameters that require gradients are trained.
        lengths: the length of each training sample, in word pieces.
        loss_of: the loss of a batch of samples, given by index; uses `model`.
        recipe: the hyper-parameters.
        part: what is trained, for progress and for the state's folder.
        state: a folder for the state; it is emptied by nobody but the caller.
        report: called every 10 steps.
    """
    set_seed(recipe.seed)
    accelerator = Accelerator(cpu=next(model.parameters()).device.type == "cpu")
    optimizer = torch.optim.AdamW(
        parameter_groups(model, recipe.weight_decay), lr=recipe.learning_rate, fused=True
    )
    steps = sum(1 for _ in batches(lengths, recipe))
    schedule = get_linear_schedule_with_warmup(optimizer, int(steps * recipe.warm_up), steps)
    prepared: Any = accelerator.prepare(model, optimizer, schedule)
    model, optimizer, schedule = prepared
    run = _fingerprint(recipe, lengths, model)
    done = _resume(accelerator, state, run)
    losses: list[float] = []
    model.train()
    for step, batch in enumerate(batches(lengths, recipe)):
        if step < done:
            continue
        loss = loss_of(batch)
        accelerator.backward(loss)
        accelerator.clip_grad_norm_(model.parameters(), recipe.max_gradient_norm)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if (step + 1) % 10 == 0 or step + 1 == steps:
            recent = losses[-50:]
            report(Progress(part=part, step=step + 1, steps=steps, loss=sum(recent) / len(recent)))
        if (step + 1) % 100 == 0 or step + 1 == steps:
            _save(accelerator, state, step + 1, run)
    model.eval()


def parameter_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Return AdamW's groups: biases and layer norms do not decay."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [
        {"params": [p for p in trained if p.dim() > 1], "weight_decay": weight_decay},
        {"params": [p for p in trained if p.dim() <= 1], "weight_decay": 0.0},
    ]


def batches(lengths: Sequence[int], recipe: Recipe) -> Iterator[list[int]]:
    """Yield the samples of every step, which the seed alone decides: so resuming is exact.

    Samples are shuffled, then sorted by length inside pools of some batches: little is padded.
    """
    pool = POOL_BATCHES * recipe.batch_size
    for epoch in range(recipe.epochs):
        chance = random.Random(f"{recipe.seed}-{epoch}")
        order = chance.sample(range(len(lengths)), len(lengths))
        epoch_batches = []
        for start in range(0, len(order), pool):
            similar = sorted(order[start : start + pool], key=lambda n: lengths[n])
            epoch_batches += [
                similar[place : place + recipe.batch_size]
                for place in range(0, len(similar), recipe.batch_size)
            ]
        chance.shuffle(epoch_batches)
        yield from epoch_batches


def _fingerprint(recipe: Recipe, lengths: Sequence[int], model: nn.Module) -> str:
    """Tell one training from another, so that none goes on from a stranger's state."""
    shapes = [list(parameter.shape) for parameter in model.parameters()]
    told = json.dumps([asdict(recipe), list(lengths), shapes])
    return hashlib.sha256(told.encode()).hexdigest()


def _save(accelerator: Accelerator, state: Path, step: int, run: str) -> None:
    """Save the state; the pointer moves only when it is whole, and older states go after that."""
    accelerator.save_state(str(state / f"step-{step}"))
    pointer = state / "latest.json.new"
    pointer.write_text(json.dumps({"step": step, "run": run}))
    pointer.replace(state / "latest.json")
    for older in state.glob("step-*"):
        if older.name != f"step-{step}":
            shutil.rmtree(older)


def _resume(accelerator: Accelerator, state: Path, run: str) -> int:
    """Load the last whole state of this very run, if any; return the number of steps done."""
    pointer = state / "latest.json"
    if not pointer.exists():
        return 0
    saved = json.loads(pointer.read_text())
    if saved.get("run") != run:
        return 0
    step = int(saved["step"])
    accelerator.load_state(str(state / f"step-{step}"))
    return step
