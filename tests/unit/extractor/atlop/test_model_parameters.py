from __future__ import annotations

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.atlop.collate import collate
from extractor.atlop.config import block_of
from extractor.atlop.model import Atlop
from tests.checkpoints import tiny_atlop
from tests.unit.extractor.atlop.model_cases import SEVERAL, SHORT, SWITCHES, TYPES, windows_of

pytestmark = pytest.mark.slow


@torch.no_grad()
@pytest.mark.parametrize("name", [n for n in SWITCHES if n not in ("bilinear", "zero threshold")])
def test_every_parameter_of_the_relation_head_moves_a_margin(
    tokenizer: PreTrainedTokenizerBase, name: str
) -> None:
    atlop = tiny_atlop(tokenizer, **SWITCHES[name])
    windows = windows_of(tokenizer, SEVERAL, markers=atlop.config.markers)
    batch = collate(windows, pad_id=0, entity_types=atlop.config.entity_types)
    before = atlop.margins(batch).logits
    for part, parameter in atlop.named_parameters():
        if not part.startswith("encoder."):
            kept = parameter.clone()
            parameter.mul_(1.5)
            assert (atlop.margins(batch).logits - before).abs().max() > 1e-4, part
            parameter.copy_(kept)


@torch.no_grad()
def test_thresholds_move_margins_and_nothing_else(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    batch = collate(windows_of(tokenizer, SEVERAL), pad_id=0)
    before, logits = atlop.margins(batch).logits, atlop(batch).logits
    atlop.assert_above([1.0, -2.0, 0.0, 0.5])
    atlop.assert_above([0.0, 0.0, 0.25, 0.0])
    moved = torch.tensor([0.0, 1.0, -2.0, 0.25, 0.5])
    assert torch.allclose(atlop.margins(batch).logits, before - moved)
    assert torch.allclose(atlop(batch).logits, logits - moved)
    assert "shift" in atlop.state_dict()


@pytest.mark.parametrize("switches", ["paper", "dedicated", "types", "factloom"])
def test_a_training_step_reaches_every_parameter_of_the_relation_head(
    tokenizer: PreTrainedTokenizerBase, switches: str
) -> None:
    atlop = tiny_atlop(tokenizer, **SWITCHES[switches])
    windows = windows_of(tokenizer, SEVERAL, markers=atlop.config.markers)
    batch = collate(windows, pad_id=0, entity_types=atlop.config.entity_types)
    atlop(batch).logits.square().sum().backward()
    for name, parameter in atlop.named_parameters():
        if not name.startswith("encoder."):
            assert parameter.grad is not None, name
            assert parameter.grad.abs().sum() > 0, name


def test_padding_trains_nothing(tokenizer: PreTrainedTokenizerBase) -> None:
    atlop = tiny_atlop(tokenizer, entity_types=TYPES)
    windows = [window for marked in (SHORT, SEVERAL) for window in windows_of(tokenizer, marked)]
    batch = collate(windows, pad_id=0, entity_types=TYPES)
    assert (batch.types_of_markers == 0).any()  # padding only: all types here are known
    atlop(batch).logits.square().sum().backward()
    for embedding in (atlop.marker_types, atlop.types):
        assert embedding.weight.grad is not None
        assert embedding.weight.grad[0].abs().sum() == 0
        assert embedding.weight.grad[1:].abs().sum() > 0


def test_under_a_threshold_of_zero_a_margin_is_the_relations_own_logit(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    atlop = tiny_atlop(tokenizer, threshold="zero", reverse=True)
    batch = collate(windows_of(tokenizer, SEVERAL), pad_id=0)
    with torch.no_grad():
        scores, margins = atlop(batch).logits, atlop.margins(batch).logits
        atlop.bilinear.bias[0] += 3.0
        moved = atlop(batch).logits
    assert scores[..., 0].abs().max() == 0
    assert torch.equal(scores, margins)
    assert torch.equal(scores, moved)


@pytest.mark.parametrize(("width", "block"), [(384, 64), (768, 64), (48, 16), (100, 4)])
def test_a_group_divides_the_width_of_any_encoder(width: int, block: int) -> None:
    assert block_of(width) == block
