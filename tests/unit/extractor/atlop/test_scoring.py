from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.atlop.features import Features, build_features
from extractor.atlop.model import Atlop, PairScores, WindowBatch
from extractor.atlop.scoring import NOT_ADMITTED, WindowScores, score
from extractor.encoder.batching import Budget
from extractor.relations import RelationVocabulary, TypeConstraint
from tests.checkpoints import tiny_atlop
from tests.unit.extractor.annotated import annotated_document
from tests.unit.extractor.reference import plain_logits, plain_shares

MARKED = (
    "[Bonn|LOC|0] lies in [Germany|LOC|1].",
    "[Ada|PER|0] met [Babbage|PER|1] in [London|LOC|2]. [She|PER|0] wrote to [Rome|LOC|3].",
    "Nobody is named here.",
    "[Ann|PER|0] and [Bert|PER|1] " + "waited for a very long time " * 8 + "in [Oslo|LOC|2] "
    "with [Carl|PER|3]. [Ann|PER|0] left.",
)
NAMES = {"P17": "country", "P19": "place of birth", "P26": "spouse", "P27": "citizen of"}
VOCABULARY = RelationVocabulary(
    NAMES,
    {
        "P17": TypeConstraint(head=frozenset({"LOC"}), tail=frozenset({"LOC"})),
        "P19": TypeConstraint(head=frozenset({"PER"}), tail=frozenset({"LOC"})),
        "P26": TypeConstraint(head=frozenset({"PER"})),
    },
)


@pytest.fixture
def documents(tokenizer: PreTrainedTokenizerBase) -> list[Features]:
    found = []
    for marked in MARKED:
        document = annotated_document(marked)
        entities = [cluster.mentions for cluster in document.clusters or ()]
        found.append(
            build_features(
                document.text, document.sentences, entities, tokenizer=tokenizer, max_pieces=40
            )
        )
    return found


def assert_same(
    found: Sequence[Sequence[WindowScores]], expected: Sequence[Sequence[WindowScores]]
) -> None:
    for ours, theirs in zip(found, expected, strict=True):
        for one, other in zip(ours, theirs, strict=True):
            assert (one.pairs, one.first_sentence) == (other.pairs, other.first_sentence)
            assert np.abs(one.margins - other.margins).max() <= 1e-4
            assert np.abs(one.sentence_shares - other.sentence_shares).max() <= 1e-5


def test_documents_get_the_margins_of_their_windows(
    atlop: Atlop, documents: list[Features]
) -> None:
    found = score(atlop, documents, pad_id=0)
    assert [len(scores) for scores in found] == [len(each.windows) for each in documents]
    assert len(found[2]) == 0
    assert len(found[3]) > 1
    for features, scores in zip(documents, found, strict=True):
        for window, scored in zip(features.windows, scores, strict=True):
            logits, shares = plain_logits(atlop, window), plain_shares(atlop, window)
            margins = (logits - logits[..., :1])[..., 1:].numpy()
            assert scored.first_sentence == window.first_sentence
            assert scored.margins.dtype == np.float32
            assert scored.sentence_shares.shape == (len(window.pairs), window.sentences)
            for row, (first, second) in enumerate(window.pairs):
                assert scored.pairs[row] == (window.entities[first], window.entities[second])
                assert np.abs(scored.margins[row, 0] - margins[first, second]).max() <= 1e-4
                assert np.abs(scored.margins[row, 1] - margins[second, first]).max() <= 1e-4
                assert (
                    np.abs(scored.sentence_shares[row] - shares[first, second].numpy()).max()
                    <= 1e-5
                )


@pytest.mark.parametrize("budget", [Budget(tokens=1), Budget(pairs=1), Budget(tokens=100, pairs=9)])
def test_the_budget_of_a_batch_does_not_matter(
    atlop: Atlop, documents: list[Features], budget: Budget
) -> None:
    assert_same(score(atlop, documents, pad_id=0, budget=budget), score(atlop, documents, pad_id=0))


def test_signatures_rule_relations_out(atlop: Atlop, documents: list[Features]) -> None:
    plain = score(atlop, documents, pad_id=0)
    signed = score(atlop, documents, pad_id=0, vocabulary=VOCABULARY)
    unsigned = score(atlop, documents, pad_id=0, vocabulary=RelationVocabulary(NAMES))
    assert_same(unsigned, plain)
    admitted = {  # P17, P19, P26, P27
        ("PER", "PER"): [0, 0, 1, 1],
        ("PER", "LOC"): [0, 1, 1, 1],
        ("LOC", "PER"): [0, 0, 0, 1],
        ("LOC", "LOC"): [1, 0, 0, 1],
    }
    seen = set()
    for features, before, after in zip(documents, plain, signed, strict=True):
        for window, old, new in zip(features.windows, before, after, strict=True):
            for row, (first, second) in enumerate(window.pairs):
                for way, (head, tail) in enumerate(((first, second), (second, first))):
                    types = (window.types[head], window.types[tail])
                    seen.add(types)
                    expected = np.where(admitted[types], old.margins[row, way], NOT_ADMITTED)
                    assert np.allclose(new.margins[row, way], expected)
            assert new.margins.dtype == np.float32
    assert seen == set(admitted)


def test_a_batch_that_does_not_fit_is_halved(
    atlop: Atlop, documents: list[Features], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = score(atlop, documents, pad_id=0)
    sizes = []
    margins = atlop.margins

    def short_of_memory(batch: WindowBatch) -> PairScores:
        sizes.append(len(batch.input_ids))
        if len(batch.input_ids) > 1:
            raise torch.OutOfMemoryError("out of memory")
        return margins(batch)

    monkeypatch.setattr(atlop, "margins", short_of_memory)
    assert_same(score(atlop, documents, pad_id=0), expected)
    windows = sum(len(each.windows) for each in documents)
    assert max(sizes) == windows > 2
    assert sizes.count(1) == windows


def test_a_window_that_does_not_fit_is_an_error(
    atlop: Atlop, documents: list[Features], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(batch: WindowBatch) -> PairScores:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(atlop, "margins", no_memory)
    with pytest.raises(torch.OutOfMemoryError):
        score(atlop, documents, pad_id=0)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_margin_that_is_not_finite_is_an_error(
    atlop: Atlop, documents: list[Features], value: float
) -> None:
    with torch.no_grad():
        atlop.bilinear.bias[2] = value
    with pytest.raises(FloatingPointError, match="not finite"):
        score(atlop, documents, pad_id=0)


def test_margins_are_fp32_in_reduced_precision(atlop: Atlop, documents: list[Features]) -> None:
    exact = np.concatenate([s.margins for each in score(atlop, documents, pad_id=0) for s in each])
    found = score(atlop, documents, pad_id=0, precision="bf16")
    reduced = np.concatenate([s.margins for each in found for s in each])
    assert reduced.dtype == np.float32
    assert 0 < np.abs(reduced - exact).max() <= 0.2 * exact.std()


def test_a_model_with_types_is_told_them(
    tokenizer: PreTrainedTokenizerBase, documents: list[Features]
) -> None:
    atlop = tiny_atlop(tokenizer, entity_types=("LOC", "PER"))
    found = score(atlop, documents, pad_id=0)
    window, scored = documents[1].windows[0], found[1][0]
    logits = plain_logits(atlop, window)
    first, second = window.pairs[0]
    expected = (logits[first, second, 1:] - logits[first, second, 0]).numpy()
    assert np.abs(scored.margins[0, 0] - expected).max() <= 1e-4


def test_no_documents_give_no_scores(atlop: Atlop) -> None:
    assert score(atlop, [], pad_id=0) == []
