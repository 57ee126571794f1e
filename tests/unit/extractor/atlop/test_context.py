"""The context of one pair is the one that the model scores it with."""

from __future__ import annotations

import numpy as np
import pytest
from transformers import PreTrainedTokenizerBase

from extractor.atlop.context import pair_context
from extractor.atlop.features import Features, build_features
from extractor.atlop.model import Atlop
from extractor.atlop.scoring import score
from extractor.schema import Mention, Span
from tests.checkpoints import tiny_atlop

TEXT = "Ada was born in London. Ada met Charles. Charles lived in London."
SENTENCES = (Span(start=0, end=23), Span(start=24, end=40), Span(start=41, end=65))
ENTITIES = [
    [Mention(start=0, end=3, type="PER"), Mention(start=24, end=27, type="PER")],
    [Mention(start=16, end=22, type="LOC"), Mention(start=58, end=64, type="LOC")],
    [Mention(start=32, end=39, type="PER"), Mention(start=41, end=48, type="PER")],
]


@pytest.fixture(scope="module")
def typed(tokenizer: PreTrainedTokenizerBase) -> Atlop:
    """Return a model that adds to its embeddings, which moves the attention too."""
    return tiny_atlop(tokenizer, entity_types=("LOC", "PER"))


def features_of(tokenizer: PreTrainedTokenizerBase, max_pieces: int = 512) -> Features:
    return build_features(TEXT, SENTENCES, ENTITIES, tokenizer=tokenizer, max_pieces=max_pieces)


def test_its_sentence_shares_are_the_models(
    typed: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    features, pad = features_of(tokenizer), tokenizer.pad_token_id
    (scores,) = score(typed, [features], pad_id=pad)[0]
    for pair, shares in zip(scores.pairs, scores.sentence_shares, strict=True):
        context = pair_context(typed, features, *pair, pad_id=pad)
        assert context is not None
        assert context.weights.sum() == pytest.approx(1, abs=1e-5)
        np.testing.assert_allclose(context.sentence_shares(3), shares, atol=1e-5)


def test_both_directions_have_one_context(typed: Atlop, tokenizer: PreTrainedTokenizerBase) -> None:
    features, pad = features_of(tokenizer), tokenizer.pad_token_id
    one = pair_context(typed, features, 0, 2, pad_id=pad)
    other = pair_context(typed, features, 2, 0, pad_id=pad)
    assert one is not None
    assert other is not None
    assert np.array_equal(one.weights, other.weights)


def test_a_piece_tells_its_place_in_the_text_unless_it_is_no_text(
    typed: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    context = pair_context(typed, features_of(tokenizer), 0, 1, pad_id=tokenizer.pad_token_id)
    assert context is not None
    spans = [span for span in context.piece_spans if span is not None]
    assert "".join(TEXT[start:end] for start, end in spans) == TEXT.replace(" ", "")
    without = [n for n, span in enumerate(context.piece_spans) if span is None]
    assert len(without) == 2 + 2 * sum(map(len, ENTITIES))  # [CLS], [SEP], a marker at each end
    assert context.weights[[0, -1]].tolist() == [0, 0]


def test_a_pair_that_no_window_scores_has_none(
    typed: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    features, pad = features_of(tokenizer), tokenizer.pad_token_id
    assert pair_context(typed, features, 0, 0, pad_id=pad) is None
    assert pair_context(typed, Features(windows=(), unscored_pairs=2), 0, 1, pad_id=pad) is None
