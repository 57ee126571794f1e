"""How a model is trained, and which samples each step takes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractor.batches import batched
from extractor.encoder.precision import Precision

POOL_STEPS = 16
"""Steps among whose samples those of similar length are put together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a model is trained.

    The defaults are what suits MiniLM; `docs/explanation/model.md` has ATLOP's.
    """

    epochs: int = 10
    learning_rate: float = 2e-4
    """Of the pretrained encoder."""
    head_learning_rate: float | None = None
    """Of everything else; None: the encoder's."""
    batch_size: int = 4
    """Windows in a step."""
    accumulation: int = 1
    """Parts that a step is computed in, to save memory; the gradient stays that of the step."""
    warm_up: float = 0.06
    """Share of the steps in which the learning rate rises; it falls linearly to 0 after that."""
    max_gradient_norm: float = 1.0
    weight_decay: float = 0.01
    average: float = 0.0
    """Decay of the running average of the weights that is kept in the end; 0: the last weights."""
    patience: int | None = None
    """Epochs without a better dev score after which training ends; None: never."""
    precision: Precision = "fp32"
    seed: int = 66


def steps(lengths: Sequence[int], recipe: Recipe) -> Iterator[list[list[int]]]:
    """Yield the samples of every step, in parts; the seed alone decides, so resuming is exact.

    Samples are shuffled, then sorted by length inside pools of some steps: little is padded.
    """
    pool = POOL_STEPS * recipe.batch_size
    part = -(-recipe.batch_size // recipe.accumulation)
    for epoch in range(recipe.epochs):
        chance = random.Random(f"{recipe.seed}-{epoch}")
        order = chance.sample(range(len(lengths)), len(lengths))
        batches: list[list[int]] = []
        for some in batched(order, pool):
            batches += batched(sorted(some, key=lambda n: lengths[n]), recipe.batch_size)
        chance.shuffle(batches)
        yield from (list(batched(batch, part)) for batch in batches)
