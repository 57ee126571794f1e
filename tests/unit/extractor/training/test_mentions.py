from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.mentions.detection import detect
from extractor.mentions.tagger import IGNORED, MentionTagger
from extractor.training import mentions as training
from extractor.training.mentions import span_loss, train_mentions
from extractor.training.recipe import Recipe
from extractor.training.trainer import TrainingProgress
from tests.checkpoints import tiny_encoder
from tests.unit.extractor.annotated import labelled

pytestmark = pytest.mark.slow

DOCUMENTS = [
    labelled("[Ada|PER|0] met Bert.", title="One"),
    labelled("Long ago [Carl|PER|0] had left the town of [Bonn|LOC|1], by night.", title="2"),
    labelled("[Kent|LOC|0].", title="Three"),
    labelled("The people of [Rome|LOC|0] slept. [Dora|PER|1] and [Emma|PER|2] sang.", title="4"),
    labelled("Nobody came.", title="Five"),
]  # fmt: skip


def trained(
    tokenizer: PreTrainedTokenizerBase, state: Path, recipe: Recipe, *, dropout: float = 0.1
) -> tuple[MentionTagger, list[TrainingProgress]]:
    torch.manual_seed(3)
    tagger = MentionTagger(tiny_encoder(tokenizer, initializer_range=0.3))
    for module in tagger.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = dropout
    seen: list[TrainingProgress] = []
    train_mentions(tagger, tokenizer, DOCUMENTS, recipe, state, seen.append)
    return tagger, seen


def test_a_detector_learns_the_mentions_that_it_is_shown(
    tokenizer: PreTrainedTokenizerBase, tmp_path: Path
) -> None:
    recipe = Recipe(epochs=60, batch_size=2, learning_rate=5e-3)
    tagger, seen = trained(tokenizer, tmp_path, recipe)
    assert {progress.part for progress in seen} == {"mentions"}
    assert seen[-1].loss < seen[0].loss / 4
    text = DOCUMENTS[3].document.text
    (found,) = detect(tagger, tokenizer, [text])
    assert [(text[m.start : m.end], m.type) for m in found] == [
        ("Rome", "LOC"), ("Dora", "PER"), ("Emma", "PER")
    ]  # fmt: skip


@pytest.mark.parametrize("accumulation", [2, 4])
def test_a_step_in_parts_trains_as_in_one(
    tokenizer: PreTrainedTokenizerBase,
    tmp_path: Path,
    accumulation: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training, "HIDDEN", 0.0)
    # Documents differ in words, and the last step has one document only.
    recipes = [
        Recipe(epochs=2, batch_size=4, learning_rate=1e-3, accumulation=parts)
        for parts in (1, accumulation)
    ]
    whole, parts = (
        trained(tokenizer, tmp_path / str(recipe.accumulation), recipe, dropout=0.0)[0]
        for recipe in recipes
    )
    for (name, one), other in zip(whole.named_parameters(), parts.parameters(), strict=True):
        # A bias of all keys moves no attention: its gradient is noise, which Adam blows up.
        assert name.endswith("key.bias") or torch.allclose(one, other, atol=1e-4), name


def test_the_loss_is_the_cross_entropy_of_every_span_of_every_word() -> None:
    chance = np.random.default_rng(1)
    logits = torch.from_numpy(chance.normal(size=(2, 3, 2, 4)))
    labels = [np.array([[1, 0], [0, 4], [2, IGNORED]]), np.array([[0, IGNORED]])]
    total = 0.0
    for window, rows in zip(logits.numpy(), labels, strict=True):
        for word, row in enumerate(rows):
            for length, label in enumerate(row):
                if label != IGNORED:
                    scores = np.array([0.0, *window[word, length]])
                    total += np.log(np.exp(scores).sum()) - scores[label]
    assert span_loss(logits, labels).item() == pytest.approx(total / 4)
