"""The plain path is an independent rendering: both paths must give the same logits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from benchmarks.model.atlop_parity import asserted, same_share
from benchmarks.model.parts.atlop_models import load_weights
from benchmarks.model.parts.plain_atlop import (
    PlainAtlop,
    plain_batch,
    plain_document,
    plain_labels,
    predictions,
)
from extractor.atlop.collate import collate
from extractor.atlop.config import AtlopConfig
from extractor.atlop.features import Window, build_features
from extractor.atlop.model import Atlop
from extractor.encoder.encoder import default_encoder
from extractor.errors import CheckpointRejected
from extractor.schema import Mention
from extractor.text.pieces import load_tokenizer
from extractor.training.relations import Sample
from tests.checkpoints import WIDTH, tiny_encoder

TEXT = "Ada Lovelace met Charles Babbage in London. Ada wrote of it."
ENTITIES = (((0, 12), (44, 47)), ((17, 32), (25, 32)), ((36, 42),))
"""Spans of mentions; the second entity's are nested."""
CONFIG = AtlopConfig(relations=5, extractor_width=WIDTH, block=8)


@pytest.fixture(scope="module")
def tokenizer() -> PreTrainedTokenizerBase:
    return load_tokenizer(default_encoder())


def tiny_atlop(tokenizer: PreTrainedTokenizerBase, config: AtlopConfig = CONFIG) -> Atlop:
    torch.manual_seed(3)
    atlop = Atlop(tiny_encoder(tokenizer, initializer_range=0.3), config).eval()
    with torch.no_grad():
        atlop.bilinear.weight.normal_(std=0.3)
        atlop.shift.normal_()
    return atlop


def window_of(tokenizer: PreTrainedTokenizerBase, entities: int) -> Window:
    mentions = [
        [Mention(start=start, end=end, type="MISC") for start, end in spans]
        for spans in ENTITIES[:entities]
    ]
    (window,) = build_features(TEXT, (), mentions, tokenizer=tokenizer, max_pieces=512).windows
    return window


def plain_logits(atlop: Atlop, windows: list[Window]) -> Tensor:
    batch = plain_batch(list(map(plain_document, windows)), pad_id=0, device=torch.device("cpu"))
    with torch.no_grad():
        return PlainAtlop(atlop)(batch)


def test_both_paths_give_the_same_logits(tokenizer: PreTrainedTokenizerBase) -> None:
    atlop = tiny_atlop(tokenizer)
    windows = [window_of(tokenizer, 2), window_of(tokenizer, 3)]
    with torch.no_grad():
        efficient = atlop(collate(windows, pad_id=0)).logits.flatten(0, 1)
    plain = plain_logits(atlop, windows)
    assert (plain - efficient).abs().max() <= 1e-4
    assert plain.std() > 0.1


def test_the_plain_path_trains_what_the_efficient_path_trains(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    atlop = tiny_atlop(tokenizer)
    atlop.encoder.transformer.get_input_embeddings().requires_grad_(False)  # type: ignore[operator]
    plain = PlainAtlop(atlop)
    frozen = {name for name, value in plain.named_parameters() if not value.requires_grad}
    assert frozen == {"transformer.embeddings.word_embeddings.weight"}


def test_a_switch_beyond_the_paper_is_refused(tokenizer: PreTrainedTokenizerBase) -> None:
    with pytest.raises(ValueError, match="paper's switches only"):
        PlainAtlop(tiny_atlop(tokenizer, replace(CONFIG, reverse=True)))


def test_pairs_are_ordered_and_each_mention_is_read(tokenizer: PreTrainedTokenizerBase) -> None:
    window = window_of(tokenizer, 3)
    document = plain_document(window)
    assert document.pairs == [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)]
    assert sorted(place for places in document.mentions for place in places) == list(window.markers)
    assert [len(places) for places in document.mentions] == [2, 2, 1]


def test_labels_have_a_row_for_each_ordered_pair(tokenizer: PreTrainedTokenizerBase) -> None:
    window = window_of(tokenizer, 3)
    labels = torch.tensor([[0, 1, 3], [2, 0, 4]])
    candidates = torch.ones(3, 2, dtype=torch.bool)
    rows = plain_labels(Sample(window=window, labels=labels, candidates=candidates, evidence=()), 5)
    assert rows == [[0] * 5, [0, 0, 0, 1, 0], [0] * 5, [0] * 5, [0, 0, 0, 0, 1], [0] * 5]


def test_predictions_are_dense_with_th_where_nothing_is_asserted() -> None:
    logits = torch.tensor([[0.0, 1.0, -1.0], [2.0, 1.0, -1.0]])
    assert predictions(logits).tolist() == [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]


def test_what_is_the_same_counts_only_pairs_with_an_assertion() -> None:
    one = asserted(torch.tensor([[[0.0, 1.0, -1.0], [0.0, -1.0, -1.0]], [[0.0, 1.0, 1.0]] * 2]))
    other = asserted(torch.tensor([[[0.0, 1.0, -1.0], [0.0, -1.0, -1.0]], [[0.0, 1.0, -1.0]] * 2]))
    assert one.shape == (4, 2)
    assert same_share(one, other) == pytest.approx(1 / 3)
    assert same_share(one[1:2], other[1:2]) == 1.0


def test_weights_may_lack_what_is_frozen_and_nothing_else(
    tokenizer: PreTrainedTokenizerBase, tmp_path: Path
) -> None:
    source, target = tiny_atlop(tokenizer), tiny_atlop(tokenizer)
    words = "encoder.transformer.embeddings.word_embeddings.weight"
    target.get_parameter(words).requires_grad_(False)
    source.bilinear.bias.data += 1.0
    state = {name: value for name, value in source.state_dict().items() if name != words}
    save_file(state, tmp_path / "whole.safetensors")
    load_weights(target, tmp_path / "whole.safetensors")
    assert torch.equal(target.bilinear.bias, source.bilinear.bias)
    del state["bilinear.bias"]
    save_file(state, tmp_path / "part.safetensors")
    with pytest.raises(CheckpointRejected, match=r"bilinear\.bias"):
        load_weights(target, tmp_path / "part.safetensors")
