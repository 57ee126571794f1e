"""A running average of a model's weights (EMA), which often scores better than the last ones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn


class RunningAverage:
    """average = decay * average + (1 - decay) * weights, after every step; off with a decay of 0.

    Early on the decay is (1 + step) / (10 + step), so that the first weights are soon forgotten.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.weights: dict[str, Tensor] = {}
        if decay:
            self.weights = trained_weights(model)

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        """Take in the model's weights after a step, counted from 1."""
        if not self.decay:
            return
        decay = min(self.decay, (1 + step) / (10 + step))
        for name, value in _trained(model):
            self.weights[name].lerp_(value, 1 - decay)

    @contextmanager
    def applied(self, model: nn.Module) -> Iterator[None]:
        """Give the model the averaged weights inside the block."""
        own = trained_weights(model)
        self.apply(model)
        try:
            yield
        finally:
            set_weights(model, own)

    def apply(self, model: nn.Module) -> None:
        """Give the model the averaged weights."""
        set_weights(model, self.weights)

    @torch.no_grad()
    def load(self, weights: dict[str, Tensor]) -> None:
        """Take in an average that was saved."""
        for name, value in self.weights.items():
            value.copy_(weights[name])


@torch.no_grad()
def set_weights(model: nn.Module, weights: dict[str, Tensor]) -> None:
    """Copy weights into the parameters of these names."""
    for name, value in model.named_parameters():
        if name in weights:
            value.copy_(weights[name])


def trained_weights(model: nn.Module) -> dict[str, Tensor]:
    """Return copies of the parameters that train."""
    return {name: value.detach().clone() for name, value in _trained(model)}


def _trained(model: nn.Module) -> list[tuple[str, nn.Parameter]]:
    return [(name, value) for name, value in model.named_parameters() if value.requires_grad]
