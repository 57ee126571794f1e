"""A model of a few numbers, and trainings of it that show all that happened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor, nn

from extractor.training.recipe import Recipe
from extractor.training.trainer import Epoch, TrainingProgress, fit

LENGTHS = [5, 9, 3, 7, 8, 2, 6, 4, 1, 11, 12, 10, 13, 14, 15, 16, 17]
EPOCH = 9
"""Steps of an epoch with `RECIPE`: eight of two samples, one of one."""
RECIPE = Recipe(epochs=13, batch_size=2, learning_rate=1e-2)
STEPS = 13 * EPOCH


class Interrupted(Exception):
    pass


class Small(nn.Module):
    """An encoder and a head, with dropout between them."""

    def __init__(self, dropout: float = 0.3) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.encoder = nn.Linear(4, 8)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(8, 1)

    def forward(self, inputs: Tensor) -> Tensor:
        out: Tensor = self.head(self.dropout(self.encoder(inputs)))
        return out


def samples() -> tuple[Tensor, Tensor]:
    """Return inputs (samples, 4) and targets (samples, 1)."""
    inputs = torch.randn(len(LENGTHS), 4, generator=torch.Generator().manual_seed(3))
    return inputs, inputs.sum(dim=1, keepdim=True)


@dataclass
class Training:
    """What a training was asked for, in order."""

    model: nn.Module
    epochs: tuple[Epoch, ...] = ()
    batches: list[list[int]] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    seen: list[TrainingProgress] = field(default_factory=list)
    dev: list[float] = field(default_factory=list)

    @property
    def weights(self) -> Tensor:
        return weights(self.model)


def weights(model: nn.Module) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in model.parameters()])


def train(
    state: Path,
    *,
    recipe: Recipe = RECIPE,
    dev: Callable[[nn.Module], float] | None = None,
    batches: int | None = None,
    report_until: int | None = None,
    model: nn.Module | None = None,
) -> Training:
    """Train until the end, or until a batch or a report is one too many, which raises."""
    run = Training(model or Small())
    inputs, target = samples()

    def loss_of(batch: Sequence[int]) -> Tensor:
        if len(run.batches) == batches:
            raise Interrupted
        chosen = list(batch)
        loss = nn.functional.mse_loss(run.model(inputs[chosen]), target[chosen])
        run.batches.append(chosen)
        run.losses.append(loss.item())
        return loss

    def report(progress: TrainingProgress) -> None:
        if progress.step == report_until:
            raise Interrupted
        run.seen.append(progress)

    def score() -> float:
        assert dev is not None
        run.dev.append(dev(run.model))
        return run.dev[-1]

    run.epochs = fit(
        run.model,
        LENGTHS,
        loss_of,
        recipe=recipe,
        part="test",
        state=state,
        report=report,
        dev=score if dev else None,
    )
    return run
