from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from extractor.atlop import pooling
from extractor.atlop.pooling import Pooling, context_attention, entity_attention, entity_vectors


@pytest.mark.parametrize("how", ["logsumexp", "mean", "max"])
def test_an_entitys_vector_pools_its_mentions_alone(how: Pooling) -> None:
    torch.manual_seed(0)
    vectors = torch.randn(2, 4, 3)
    owners = torch.tensor([[0, 1, 0, 0], [0, 1, 2, 3]])  # the last marker is padding
    pooled = entity_vectors(vectors, owners, 3, how)
    several = vectors[0, [0, 2, 3]]
    expected = {
        "logsumexp": several.exp().sum(dim=0).log(),
        "mean": several.sum(dim=0) / 3,
        "max": torch.stack([column.max() for column in several.T]),
    }[how]
    assert torch.allclose(pooled[0, 0], expected)
    assert torch.allclose(pooled[0, 1], vectors[0, 1])
    assert torch.allclose(pooled[1], vectors[1, :3])
    assert pooled[0, 2].abs().sum() == 0  # the first window has two entities


@pytest.mark.parametrize("how", ["logsumexp", "mean", "max"])
def test_pooling_has_a_finite_gradient_that_padding_gets_nothing_of(how: Pooling) -> None:
    vectors = torch.randn(1, 3, 2, requires_grad=True)
    pooled = entity_vectors(vectors, torch.tensor([[0, 0, 2]]), 2, how)
    (gradient,) = torch.autograd.grad(pooled.sum(), vectors)
    assert gradient.isfinite().all()
    assert gradient[0, 2].abs().sum() == 0
    assert torch.allclose(gradient[0, :2].sum(dim=0), torch.ones(2))


def test_logsumexp_stays_finite_for_large_vectors_and_has_its_own_gradient() -> None:
    vectors = torch.tensor([[[500.0, -500.0], [499.0, -800.0], [3.0, 4.0]]], requires_grad=True)
    pooled = entity_vectors(vectors, torch.tensor([[0, 0, 1]]), 2, "logsumexp")
    plain = torch.stack((vectors[0, :2].logsumexp(dim=0), vectors[0, 2]))
    assert torch.allclose(pooled[0], plain)
    weights = torch.tensor([[1.0, -2.0], [0.5, 3.0]])
    (ours,) = torch.autograd.grad((pooled * weights).sum(), vectors, retain_graph=True)
    (theirs,) = torch.autograd.grad((plain * weights).sum(), vectors)
    assert torch.allclose(ours, theirs)


def test_context_attention_is_the_normalised_product_of_two_entities_attention() -> None:
    torch.manual_seed(1)
    maps = torch.rand(2, 3, 4, 6)  # windows, heads, markers, pieces
    owners = torch.tensor([[0, 1, 1, 2], [1, 0, 3, 3]])
    content = torch.tensor([[0.0, 1, 1, 1, 1, 0], [0, 1, 1, 0, 0, 0]])
    attention = entity_attention(maps, owners, 3)
    weights = context_attention(attention, (0, 3), content)
    head = maps[0, :, 0]
    tail = (maps[0, :, 1] + maps[0, :, 2]) / 2
    joint = (head * tail).sum(dim=0) * content[0]
    assert torch.allclose(weights[0, 0, 1], joint / joint.sum())
    assert torch.allclose(weights, weights.transpose(1, 2))
    assert weights[1, 2].abs().sum() == 0  # no such entity: no context, and no NaN
    assert torch.allclose(context_attention(attention, (1, 3), content), weights[:, 1:3])


def test_a_context_is_the_weighted_sum_of_hidden_states() -> None:
    torch.manual_seed(2)
    weights, hidden = torch.rand(2, 3, 4, 5), torch.randn(2, 5, 6)
    context = pooling.localized_context(weights, hidden)
    expected = sum(weights[1, 2, 3, piece] * hidden[1, piece] for piece in range(5))
    assert torch.allclose(context[1, 2, 3], torch.as_tensor(expected))
    assert context.shape == (2, 3, 4, 6)


def test_sentence_shares_leave_out_pieces_of_no_sentence() -> None:
    weights = torch.tensor([0.1, 0.2, 0.3, 0.4]).view(1, 1, 1, 4)
    shares = pooling.sentence_shares(weights, torch.tensor([[-1, 1, 0, 1]]), 3)
    assert torch.allclose(shares, torch.tensor([0.3, 0.6, 0.0]))


@given(
    windows=st.integers(1, 8),
    pieces=st.integers(1, 512),
    entities=st.integers(1, 300),
    elements=st.integers(1, 10**6),
)
def test_blocks_cover_every_row_once_and_stay_within_the_limit(
    windows: int, pieces: int, entities: int, elements: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pooling, "BLOCK_ELEMENTS", elements)
        blocks = list(pooling.row_blocks(windows, pieces, entities))
    assert [row for start, end in blocks for row in range(start, end)] == list(range(entities))
    for start, end in blocks:
        held = windows * pieces * entities * (end - start)
        assert held <= elements or end - start == 1
