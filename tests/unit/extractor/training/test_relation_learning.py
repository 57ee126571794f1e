"""ATLOP trained on a few documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.atlop.model import Atlop
from extractor.datasets.docred import LabelledDocument
from extractor.evaluation.gold import score_gold
from extractor.training import relations as relation_training
from extractor.training.presets import PRESETS
from extractor.training.recipe import Recipe
from extractor.training.relations import train_relations
from extractor.training.trainer import Epoch
from tests.checkpoints import tiny_atlop
from tests.unit.extractor.training.test_relations import (
    ADA,
    BERT,
    EVIDENT,
    VOCABULARY,
    with_evidence,
)

pytestmark = pytest.mark.slow


def trained(
    tokenizer: PreTrainedTokenizerBase,
    state: Path,
    *,
    dev: Sequence[LabelledDocument] = (),
    **changes: Any,
) -> tuple[Atlop, tuple[Epoch, ...]]:
    atlop = tiny_atlop(tokenizer, distances=True, reverse=True, entity_types=("LOC", "PER"))
    atlop.encoder.config.hidden_dropout_prob = 0.0
    for module in atlop.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    recipe = replace(Recipe(epochs=3, batch_size=4, learning_rate=1e-3), **changes)
    epochs = train_relations(
        atlop,
        tokenizer,
        [*EVIDENT, ADA, BERT, with_evidence(ADA, (0,), (), (), ())],
        VOCABULARY,
        preset=PRESETS["factloom"],
        recipe=recipe,
        state=state,
        report=lambda progress: None,
        dev=dev,
    )
    return atlop, epochs


def test_a_step_in_parts_trains_as_in_one(
    tokenizer: PreTrainedTokenizerBase, tmp_path: Path
) -> None:
    # Windows differ in pairs and in pairs with evidence; the last step has one window.
    whole, losses = trained(tokenizer, tmp_path / "whole")
    parts, same = trained(tokenizer, tmp_path / "parts", accumulation=4)
    assert [e.loss for e in same] == pytest.approx([e.loss for e in losses], rel=1e-4)
    for (name, one), other in zip(whole.named_parameters(), parts.parameters(), strict=True):
        # A bias of all keys moves no attention: its gradient is noise, which Adam blows up.
        assert name.endswith("key.bias") or torch.allclose(one, other, atol=1e-4), name


def test_dev_documents_choose_the_epoch_by_their_best_f1(
    tokenizer: PreTrainedTokenizerBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    scored = score_gold

    def watched(*given: Any, **options: Any) -> Any:
        assert not given[0].training
        asked.append((given[2], options["precision"]))
        return scored(*given, **options)

    monkeypatch.setattr(relation_training, "score_gold", watched)
    _, epochs = trained(tokenizer, tmp_path, dev=[ADA], precision="bf16", epochs=2)
    assert asked == [([ADA], "bf16")] * 2
    assert all(0 <= (epoch.dev or 0.0) <= 1 for epoch in epochs)
    assert any(epoch.dev for epoch in epochs)
