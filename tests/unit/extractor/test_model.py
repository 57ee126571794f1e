from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor
from transformers import PreTrainedTokenizerBase

from extractor.batching import collate, pair_counts
from extractor.features import Window, build_features
from extractor.model import Atlop, AtlopConfig, GroupBilinear, _GroupBilinear, pooled_by_entity
from extractor.schema import Mention
from tests.unit.extractor.annotated import read_annotated
from tests.unit.extractor.reference import plain_logits

SINGLE = "[Ada Lovelace|PER|0] was born in [London|LOC|1] in [1815|TIME|2]."
SEVERAL = (
    "[Marie Curie|PER|0] met [Pierre|PER|1] in [Paris|LOC|2]. [Curie|PER|0] and [her|PER|0] "
    "husband [Pierre Curie|PER|1] worked at the [University of Paris|ORG|3] with [Becquerel|PER|4]."
)
SHORT = "[Bonn|LOC|0] lies in [Germany|LOC|1]."


def windows_of(
    tokenizer: PreTrainedTokenizerBase,
    text: str,
    entities: Sequence[Sequence[Mention]],
    *,
    max_pieces: int = 512,
) -> tuple[Window, ...]:
    return build_features(text, (), entities, tokenizer=tokenizer, max_pieces=max_pieces).windows


def window_of(tokenizer: PreTrainedTokenizerBase, marked: str) -> Window:
    text, _, clusters = read_annotated(marked)
    (window,) = windows_of(tokenizer, text, [cluster.mentions for cluster in clusters])
    return window


@torch.no_grad()
def logits_of(atlop: Atlop, windows: Sequence[Window]) -> list[Tensor]:
    """Return each window's logits by (head, tail), as the reference gives them."""
    output = atlop(collate(windows, pad_id=0))
    matrices = []
    for window, rows in zip(windows, output.logits.split(pair_counts(windows)), strict=True):
        entities = len(window.entities)
        matrix = torch.zeros(entities, entities, atlop.config.relations)
        first, second = torch.combinations(torch.arange(entities)).T
        matrix[first, second], matrix[second, first] = rows[:, 0], rows[:, 1]
        matrices.append(matrix)
    return matrices


@pytest.mark.parametrize("marked", [SINGLE, SEVERAL, SHORT])
def test_the_efficient_path_gives_the_logits_of_the_plain_path(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase, marked: str
) -> None:
    window = window_of(tokenizer, marked)
    (logits,) = logits_of(atlop, [window])
    assert (logits - plain_logits(atlop, window)).abs().max() <= 1e-4
    assert logits.std() > 0.01  # the pairs differ: equal logits would prove little


def test_mentions_that_start_together_are_told_apart_as_in_the_plain_path(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    text = "New York City Council met in Albany."
    nested = [
        [Mention(start=0, end=21, type="ORG")],
        [Mention(start=0, end=13, type="LOC")],
        [Mention(start=29, end=35, type="LOC")],
    ]
    (window,) = windows_of(tokenizer, text, nested)
    (logits,) = logits_of(atlop, [window])
    assert (logits - plain_logits(atlop, window)).abs().max() <= 1e-4
    assert (logits[0, 2] - logits[1, 2]).abs().max() > 1e-3


def test_a_document_alone_gives_the_same_logits_as_in_any_batch(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    windows = [window_of(tokenizer, marked) for marked in (SHORT, SEVERAL, SINGLE)]
    together = logits_of(atlop, windows)
    for window, logits in zip(windows, together, strict=True):
        (alone,) = logits_of(atlop, [window])
        assert (alone - logits).abs().max() <= 1e-4


def test_the_windows_of_a_long_document_give_the_logits_of_the_plain_path(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    text, _, clusters = read_annotated(" ".join([SEVERAL] * 3))
    entities = [cluster.mentions for cluster in clusters]
    windows = windows_of(tokenizer, text, entities, max_pieces=48)
    assert len(windows) > 2
    for window, logits in zip(windows, logits_of(atlop, windows), strict=True):
        assert (logits - plain_logits(atlop, window)).abs().max() <= 1e-4


def test_the_order_of_entities_does_not_matter(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    text, _, clusters = read_annotated(SEVERAL)
    entities = [cluster.mentions for cluster in clusters]
    order = [3, 0, 4, 2, 1]
    (straight,) = logits_of(atlop, windows_of(tokenizer, text, entities))
    (shuffled,) = logits_of(atlop, windows_of(tokenizer, text, [entities[n] for n in order]))
    assert (straight[order][:, order] - shuffled).abs().max() <= 1e-4


def test_the_two_directions_of_a_pair_differ(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    (logits,) = logits_of(atlop, [window_of(tokenizer, SHORT)])
    assert (logits[0, 1] - logits[1, 0]).abs().max() > 1e-3


@pytest.mark.parametrize("size", [1, 3, 7])
def test_the_size_of_pair_chunks_does_not_matter(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase, size: int
) -> None:
    batch = collate([window_of(tokenizer, marked) for marked in (SINGLE, SEVERAL)], pad_id=0)
    shape = AtlopConfig(relations=5, extractor_width=32, block=8, pair_chunk=size)
    chunked = Atlop(atlop.encoder, shape).eval()
    chunked.load_state_dict(atlop.state_dict())
    with torch.no_grad():
        whole, parts = atlop(batch), chunked(batch)
    assert (whole.logits - parts.logits).abs().max() <= 1e-5
    assert (whole.context_weights - parts.context_weights).abs().max() <= 1e-6


def test_context_weights_sum_to_one_and_leave_out_special_tokens_and_padding(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    windows = [window_of(tokenizer, marked) for marked in (SINGLE, SEVERAL)]
    with torch.no_grad():
        weights = atlop(collate(windows, pad_id=0)).context_weights
    assert torch.allclose(weights.sum(dim=1), torch.ones(len(weights)))
    short = weights[: pair_counts(windows)[0]]
    last = len(windows[0].input_ids) - 1
    assert short[:, 0].abs().max() == 0
    assert short[:, last:].abs().max() == 0


def test_a_training_step_reaches_every_parameter_of_the_relation_head(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    atlop(collate([window_of(tokenizer, SEVERAL)], pad_id=0)).logits.square().sum().backward()
    for name, parameter in atlop.named_parameters():
        if not name.startswith("encoder."):
            assert parameter.grad is not None, name
            assert parameter.grad.abs().sum() > 0, name


def test_the_gradient_of_the_group_bilinear_is_that_of_the_plain_formula() -> None:
    torch.manual_seed(1)
    head, tail = (torch.randn(3, 2, 4, dtype=torch.float64, requires_grad=True) for _ in range(2))
    weight = torch.randn(2, 16, 5, dtype=torch.float64, requires_grad=True)

    def ours(head: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
        apply: Callable[..., Tensor] = _GroupBilinear.apply
        return apply(head, tail, weight)

    def plain(head: Tensor, tail: Tensor, weight: Tensor) -> Tensor:
        outer = torch.einsum("pga,pgb->pgab", head, tail).flatten(2)
        return torch.einsum("pgo,gor->pr", outer, weight)

    vectors = (head, tail, weight)
    assert torch.allclose(ours(*vectors), plain(*vectors))
    assert torch.autograd.gradcheck(ours, vectors)
    upstream = torch.randn(3, 5, dtype=torch.float64)
    found = torch.autograd.grad(ours(*vectors), vectors, upstream)
    expected = torch.autograd.grad(plain(*vectors), vectors, upstream)
    for one, other in zip(found, expected, strict=True):
        assert torch.allclose(one, other)


def test_a_width_that_blocks_do_not_divide_is_refused() -> None:
    with pytest.raises(ValueError, match="not a multiple of block 7"):
        GroupBilinear(32, 7, 5)


def test_pooling_stays_finite_for_large_vectors_and_has_the_gradient_of_logsumexp() -> None:
    vectors = torch.tensor([[[500.0, -500.0], [499.0, -800.0], [3.0, 4.0]]], requires_grad=True)
    pooled = pooled_by_entity(vectors, torch.tensor([[0, 0, 1]]), 2)
    plain = torch.stack((vectors[0, :2].logsumexp(dim=0), vectors[0, 2]))
    assert torch.allclose(pooled[0], plain)
    (ours,) = torch.autograd.grad(pooled.sum(), vectors, retain_graph=True)
    (theirs,) = torch.autograd.grad(plain.sum(), vectors)
    assert torch.allclose(ours, theirs)
