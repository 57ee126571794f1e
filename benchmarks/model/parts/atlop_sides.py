"""The two ways of running one model, each as its own project would: the efficient and the plain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks.model.parts.atlop_models import Subject
from benchmarks.model.parts.plain_atlop import (
    PlainAtlop,
    plain_batch,
    plain_document,
    plain_labels,
    predictions,
)
from benchmarks.parts.report import RESULTS
from benchmarks.parts.timing import profile_table
from extractor.atlop.collate import collate
from extractor.atlop.features import Features
from extractor.atlop.loss import relation_loss
from extractor.atlop.scoring import WindowScores, score
from extractor.encoder.batching import Budget
from extractor.encoder.precision import Precision, products_in
from extractor.training.presets import PRESETS
from extractor.training.recipe import Recipe, steps
from extractor.training.relations import training_losses

RECIPE = Recipe(epochs=1, batch_size=4, learning_rate=1e-5)
"""What a training step is: four documents, as in the paper; too slow a rate to spoil the model."""
PROFILED = 8
"""Documents of a profile."""


class Efficient:
    """The path that the program takes."""

    def __init__(self, subject: Subject, device: torch.device) -> None:
        self.subject = subject
        self.device = device
        subject.atlop.to(device)
        self._optimizer = _optimizer(subject.atlop)

    def score(self, tokens: int, precision: Precision) -> list[list[WindowScores]]:
        """Score all documents in batches of up to so many word pieces, padding included."""
        documents = [
            Features(windows=(sample.window,), unscored_pairs=0) for sample in self.subject.samples
        ]
        return score(
            self.subject.atlop.eval(),
            documents,
            pad_id=self.subject.pad_id,
            budget=Budget(tokens=tokens),
            precision=precision,
        )

    def train(self, precision: Precision) -> None:
        """Train on every document once; documents of similar length share a step."""
        atlop = self.subject.atlop.train()
        lengths = [len(sample.window.input_ids) for sample in self.subject.samples]
        for parts in steps(lengths, RECIPE):
            chosen = [self.subject.samples[index] for part in parts for index in part]
            inputs = collate([sample.window for sample in chosen], pad_id=self.subject.pad_id)
            with products_in(precision, self.device):
                output = atlop(inputs.to(self.device))
            loss = training_losses(output, chosen, PRESETS["atlop"]).sum()
            _take_step(atlop, self._optimizer, loss)


class Plain:
    """The reference; its lists are made beforehand, as a data set is prepared."""

    def __init__(self, subject: Subject, device: torch.device) -> None:
        self.subject = subject
        self.device = device
        self.model = PlainAtlop(subject.atlop).to(device)
        self._optimizer = _optimizer(self.model)
        relations = len(subject.vocabulary)
        self._documents = [plain_document(sample.window) for sample in subject.samples]
        self._labels = [plain_labels(sample, relations) for sample in subject.samples]

    @torch.inference_mode()
    def score(self, documents: int, precision: Precision) -> list[NDArray[np.float32]]:
        """Predict all documents in batches of so many, in the order of the file."""
        self.model.eval()
        predicted = []
        for start in range(0, len(self._documents), documents):
            chosen = self._documents[start : start + documents]
            with products_in(precision, self.device):
                logits = self.model(
                    plain_batch(chosen, pad_id=self.subject.pad_id, device=self.device)
                )
            predicted.append(predictions(logits).cpu().numpy())
        return predicted

    def train(self, precision: Precision) -> None:
        """Train on every document once, shuffled."""
        self.model.train()
        size = RECIPE.batch_size
        order = np.random.default_rng(RECIPE.seed).permutation(len(self._documents)).tolist()
        for start in range(0, len(order), size):
            chosen = order[start : start + size]
            batch = plain_batch(
                [self._documents[index] for index in chosen],
                pad_id=self.subject.pad_id,
                device=self.device,
            )
            with products_in(precision, self.device):
                logits = self.model(batch)
            labels = torch.tensor([row for index in chosen for row in self._labels[index]])
            _take_step(
                self.model, self._optimizer, relation_loss(logits, labels.to(self.device), "atl")
            )


def write_profiles(
    given: Subject, name: str, device: torch.device, precisions: Sequence[Precision]
) -> None:
    """Print and keep where both sides spend their time, over a few documents."""
    few = replace(given, documents=given.documents[:PROFILED], samples=given.samples[:PROFILED])
    efficient, plain = Efficient(few, device), Plain(few, device)
    parts: list[str] = []
    for precision in precisions:
        for side, run in (
            ("plain", partial(plain.score, 4, precision)),
            ("efficient", partial(efficient.score, 2048, precision)),
        ):
            parts.append(f"{side}, scoring, {precision}\n{profile_table(run)}")
    text = "\n".join(parts)
    print(text)
    path = RESULTS / "profiles" / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _optimizer(model: nn.Module) -> torch.optim.Optimizer:
    trained: Sequence[Tensor] = [value for value in model.parameters() if value.requires_grad]
    return torch.optim.AdamW(trained, lr=RECIPE.learning_rate, fused=True)


def _take_step(model: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
    optimizer.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), RECIPE.max_gradient_norm)
    optimizer.step()
