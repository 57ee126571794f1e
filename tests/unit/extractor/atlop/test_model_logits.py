from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.atlop import model, pooling
from extractor.atlop.collate import collate
from extractor.atlop.features import build_features
from extractor.atlop.model import Atlop
from extractor.encoder.encoder import Encoder, blank_encoder
from extractor.encoder.precision import products_in
from extractor.schema import Mention
from tests.checkpoints import tiny_atlop
from tests.unit.extractor.atlop.model_cases import (
    NESTED,
    SEVERAL,
    SHORT,
    SINGLE,
    SWITCHES,
    TYPES,
    logits_of,
    matrices,
    windows_of,
)
from tests.unit.extractor.reference import plain_logits, plain_shares
from tests.unit.extractor.tokenizers import TOKENIZERS, tiny_config

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("switches", SWITCHES.values(), ids=SWITCHES)
@torch.no_grad()
def test_the_efficient_path_gives_the_logits_of_the_plain_path(
    tokenizer: PreTrainedTokenizerBase, switches: dict[str, Any]
) -> None:
    atlop = tiny_atlop(tokenizer, **switches)
    atlop.assert_above([0.5, -0.25, 0.0, 1.0])
    marked = (SINGLE, NESTED, SEVERAL, SHORT)
    windows = [
        window
        for each in marked
        for window in windows_of(tokenizer, each, markers=atlop.config.markers)
    ]
    batch = collate(windows, pad_id=0, entity_types=atlop.config.entity_types)
    scores = atlop(batch)
    for window, logits in zip(windows, matrices(windows, scores), strict=True):
        assert (logits - plain_logits(atlop, window)).abs().max() <= 1e-4
    assert (scores.logits[:, 0, 1:] - scores.logits[:, 1, 1:]).std() > 0.01  # directions differ
    margins = atlop.margins(batch).logits
    assert (margins - (scores.logits - scores.logits[..., :1])).abs().max() <= 1e-5


@pytest.mark.parametrize("switches", ["paper", "factloom", "dedicated and typed", "off"])
@pytest.mark.parametrize("family", TOKENIZERS)
def test_every_family_of_encoders_gives_the_logits_of_the_plain_path(
    family: str, switches: str
) -> None:
    tokenizer = TOKENIZERS[family]()
    torch.manual_seed(2)
    encoder = Encoder(blank_encoder(tiny_config(family, tokenizer)))
    atlop = tiny_atlop(tokenizer, encoder=encoder, **SWITCHES[switches])
    windows = [
        window
        for marked in (SHORT, SINGLE)
        for window in windows_of(
            tokenizer, marked, max_pieces=encoder.max_pieces, markers=atlop.config.markers
        )
    ]
    batch = collate(windows, pad_id=tokenizer.pad_token_id, entity_types=atlop.config.entity_types)
    with torch.no_grad():
        found = matrices(windows, atlop(batch))
    assert len(found) >= 2
    for window, logits in zip(windows, found, strict=True):
        assert (logits - plain_logits(atlop, window)).abs().max() <= 1e-4


@pytest.mark.parametrize("switches", ["paper", "factloom"])
@torch.no_grad()
def test_reduced_precision_keeps_margins_close(
    tokenizer: PreTrainedTokenizerBase, switches: str
) -> None:
    atlop = tiny_atlop(tokenizer, **SWITCHES[switches])
    windows = windows_of(tokenizer, SEVERAL)
    batch = collate(windows, pad_id=0, entity_types=atlop.config.entity_types)
    exact = atlop.margins(batch).logits[..., 1:]
    with products_in("bf16", torch.device("cpu")):
        reduced = atlop.margins(batch).logits[..., 1:]
    assert reduced.dtype == torch.float32
    assert 0 < (reduced - exact).abs().max() <= 0.15 * exact.std()
    sure = exact.abs() > 0.15 * exact.std()
    assert torch.equal((reduced > 0)[sure], (exact > 0)[sure])


def test_mentions_that_start_together_are_told_apart_as_in_the_plain_path(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    nested = [
        [Mention(start=0, end=21, type="ORG")],
        [Mention(start=0, end=13, type="LOC")],
        [Mention(start=29, end=35, type="LOC")],
    ]
    text = "New York City Council met in Albany."
    (window,) = build_features(text, (), nested, tokenizer=tokenizer, max_pieces=512).windows
    (logits,) = logits_of(atlop, [window])
    assert (logits - plain_logits(atlop, window)).abs().max() <= 1e-4
    assert (logits[0, 2] - logits[1, 2]).abs().max() > 1e-3


@pytest.mark.parametrize("switches", SWITCHES.values(), ids=SWITCHES)
def test_a_document_alone_gives_the_same_logits_as_in_any_batch(
    tokenizer: PreTrainedTokenizerBase, switches: dict[str, Any]
) -> None:
    atlop = tiny_atlop(tokenizer, **switches)
    windows = [
        window
        for marked in (SHORT, NESTED, SINGLE)
        for window in windows_of(tokenizer, marked, markers=atlop.config.markers)
    ]
    together = logits_of(atlop, windows)
    for window, logits in zip(windows, together, strict=True):
        (alone,) = logits_of(atlop, [window])
        assert (alone - logits).abs().max() <= 1e-4


def test_the_windows_of_a_long_document_give_the_logits_of_the_plain_path(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    atlop = tiny_atlop(tokenizer, **SWITCHES["factloom"])
    windows = windows_of(tokenizer, " ".join([SEVERAL] * 3), max_pieces=48)
    assert len(windows) > 2
    for window, logits in zip(windows, logits_of(atlop, windows), strict=True):
        assert (logits - plain_logits(atlop, window)).abs().max() <= 1e-4


@pytest.mark.parametrize("switches", ["paper", "factloom", "dedicated and typed"])
def test_the_order_of_entities_does_not_matter(
    tokenizer: PreTrainedTokenizerBase, switches: str
) -> None:
    atlop = tiny_atlop(tokenizer, **SWITCHES[switches])
    order = [3, 0, 4, 2, 1]
    markers = atlop.config.markers
    (straight,) = logits_of(atlop, windows_of(tokenizer, SEVERAL, markers=markers))
    (shuffled,) = logits_of(atlop, windows_of(tokenizer, SEVERAL, order=order, markers=markers))
    assert (straight[order][:, order] - shuffled).abs().max() <= 1e-4


@pytest.mark.parametrize("elements", [1, 400, 1000])
@torch.no_grad()
def test_blocks_of_rows_give_the_same_pairs_in_the_same_order(
    tokenizer: PreTrainedTokenizerBase, monkeypatch: pytest.MonkeyPatch, elements: int
) -> None:
    atlop = tiny_atlop(tokenizer, **SWITCHES["factloom"])
    windows = [
        window for marked in (SINGLE, SEVERAL, SHORT) for window in windows_of(tokenizer, marked)
    ]
    batch = collate(windows, pad_id=0, entity_types=TYPES)
    whole = atlop(batch)
    monkeypatch.setattr(pooling, "BLOCK_ELEMENTS", elements)
    shape = (*batch.input_ids.shape, batch.types.shape[1])
    assert len(list(pooling.row_blocks(*shape))) > 1
    parts = atlop(batch)
    assert (whole.logits - parts.logits).abs().max() <= 1e-5
    assert (whole.sentence_shares - parts.sentence_shares).abs().max() <= 1e-6


@torch.no_grad()
def test_sentence_shares_are_those_of_the_plain_path(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    windows = [window for marked in (SINGLE, SEVERAL) for window in windows_of(tokenizer, marked)]
    shares = atlop(collate(windows, pad_id=0)).sentence_shares
    for window, rows in zip(windows, shares.split([len(w.pairs) for w in windows]), strict=True):
        first, second = torch.tensor(window.pairs).T
        expected = plain_shares(atlop, window)[first, second]
        assert (rows[:, : window.sentences] - expected).abs().max() <= 1e-5
        assert rows[:, window.sentences :].abs().sum() == 0
    assert torch.allclose(shares.sum(dim=1), torch.ones(len(shares)))  # all text is in a sentence
    assert shares[-1].max() < 0.99


@torch.no_grad()
def test_chunks_of_pairs_give_the_same_pairs_in_the_same_order(
    tokenizer: PreTrainedTokenizerBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    atlop = tiny_atlop(tokenizer, distances=True, reverse=True)
    windows = [*windows_of(tokenizer, SEVERAL), *windows_of(tokenizer, SINGLE)]
    whole = logits_of(atlop, windows)
    monkeypatch.setattr(model, "PAIR_CHUNK", 3)
    for one, other in zip(whole, logits_of(atlop, windows), strict=True):
        assert (one - other).abs().max() <= 1e-5
