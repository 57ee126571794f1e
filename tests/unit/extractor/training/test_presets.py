from __future__ import annotations

from typing import get_args

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.atlop.collate import collate
from extractor.atlop.config import AtlopConfig
from extractor.atlop.features import build_features
from extractor.atlop.loss import relation_loss
from extractor.atlop.model import Atlop
from extractor.calibration.thresholds import Thresholding
from extractor.schema import Mention
from extractor.training.presets import PRESETS
from tests.checkpoints import WIDTH, tiny_encoder

pytestmark = pytest.mark.slow

TYPES = ("LOC", "PER")


def config_of(name: str, width: int = 768) -> AtlopConfig:
    return PRESETS[name].config(relations=97, width=width, entity_types=TYPES)


def test_atlop_is_the_papers_model() -> None:
    assert config_of("atlop") == AtlopConfig(relations=97, extractor_width=768, block=64)
    assert PRESETS["atlop"].loss == "atl"
    assert PRESETS["atlop"].thresholding == "adaptive"
    assert PRESETS["atlop"].evidence == 0


def test_the_enhanced_baseline_keeps_atlops_entities_and_classifier_only() -> None:
    assert config_of("bert-e") == AtlopConfig(
        relations=97, extractor_width=768, context="none", threshold="zero"
    )
    assert PRESETS["bert-e"].thresholding == "global"


def test_the_baseline_has_nothing_of_atlop() -> None:
    assert config_of("bert") == AtlopConfig(
        relations=97,
        extractor_width=768,
        markers="off",
        pooling="mean",
        context="none",
        classifier="bilinear",
        threshold="zero",
    )


def test_types_are_named_only_where_the_preset_reads_them() -> None:
    assert config_of("factloom").entity_types == TYPES
    assert config_of("atlop").entity_types == ()


def test_a_narrow_encoder_gets_groups_that_divide_its_width() -> None:
    assert config_of("atlop", width=48).block == 16


@pytest.mark.parametrize("name", list(PRESETS))
def test_every_preset_makes_a_model_that_its_loss_trains(
    tokenizer: PreTrainedTokenizerBase, name: str
) -> None:
    preset = PRESETS[name]
    assert preset.thresholding in get_args(Thresholding)
    torch.manual_seed(0)
    atlop = Atlop(tiny_encoder(tokenizer), config_of(name, width=WIDTH))
    mentions = [[Mention(start=0, end=3, type="PER")], [Mention(start=8, end=12, type="LOC")]]
    (window,) = build_features(
        "Ann met Bonn",
        (),
        mentions,
        tokenizer=tokenizer,
        max_pieces=512,
        markers=atlop.config.markers,
    ).windows
    batch = collate([window], pad_id=0, entity_types=atlop.config.entity_types)
    labels = torch.zeros(2, 97, dtype=torch.bool)
    labels[0, 5] = True
    optimizer = torch.optim.AdamW(atlop.parameters(), lr=3e-3)
    for _ in range(20):
        optimizer.zero_grad()
        relation_loss(atlop(batch).logits.flatten(0, 1), labels, preset.loss).backward()
        optimizer.step()
    with torch.no_grad():
        asserted = atlop.eval().margins(batch).logits.flatten(0, 1) > 0
    assert torch.equal(asserted, labels)
