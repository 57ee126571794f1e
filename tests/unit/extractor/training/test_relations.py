from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.atlop.collate import collate
from extractor.atlop.loss import Loss, evidence_loss, relation_loss
from extractor.atlop.model import Atlop, PairScores
from extractor.datasets.docred import LabelledDocument
from extractor.relations import RelationVocabulary, TypeConstraint
from extractor.training.presets import PRESETS, Preset
from extractor.training.relations import (
    Sample,
    evidence_matrix,
    label_matrix,
    make_samples,
    optional_matrix,
    training_losses,
)
from tests.checkpoints import tiny_atlop
from tests.unit.extractor.annotated import labelled

NAMES = {"P19": "place of birth", "P17": "country", "P131": "located in", "P69": "educated at"}
VOCABULARY = RelationVocabulary(NAMES)
PER, LOC = frozenset({"PER"}), frozenset({"LOC"})
SIGNED = RelationVocabulary(
    NAMES,
    {
        "P19": TypeConstraint(head=PER, tail=LOC),
        "P17": TypeConstraint(head=LOC, tail=LOC),
        "P131": TypeConstraint(head=LOC, tail=LOC),
        "P69": TypeConstraint(head=PER, tail=LOC),
    },
)
ADA = labelled(
    "[Ada|PER|0] left [London|LOC|1]. [Kent|LOC|2] was near.",
    (0, "P19", 1), (2, "P131", 1), (1, "P17", 2), (0, "P69", 1), title="Ada",
)  # fmt: skip
BERT = labelled(
    "[Bert|PER|0] met [Carl|PER|1]. [Carl|PER|1] left [Bonn|LOC|2].", (1, "P19", 2), title="Bert"
)
ALONE = labelled("[Dora|PER|0] slept.", title="Alone")


def with_evidence(item: LabelledDocument, *evidence: tuple[int, ...]) -> LabelledDocument:
    labels = tuple(
        replace(label, evidence=found) for label, found in zip(item.labels, evidence, strict=True)
    )
    return replace(item, labels=labels)


EVIDENT = [with_evidence(ADA, (0,), (0, 1), (), (1,)), with_evidence(BERT, (1,))]


def told(samples: Sequence[Sample], documents: Sequence[LabelledDocument]) -> set[tuple[Any, ...]]:
    """Return what the label matrix says: (title, head, relation, tail) by entity names."""
    matrix = label_matrix(samples, len(VOCABULARY))
    found = set()
    row = 0
    for sample, item in zip(samples, documents, strict=True):
        window = sample.window
        for pair in window.pairs:
            ends = [window.entities[end] for end in pair]
            for way, (head, tail) in enumerate((ends, ends[::-1])):
                for column in matrix[row, way].nonzero().flatten().tolist():
                    title = item.document.title
                    found.add((title, head, VOCABULARY.ids[column - 1], tail))
            row += 1
    assert row == len(matrix)
    return found


def gold(documents: Sequence[LabelledDocument]) -> set[tuple[Any, ...]]:
    return {
        (item.document.title, label.head, label.relation, label.tail)
        for item in documents
        for label in item.labels
    }


@pytest.fixture(scope="module")
def model(tokenizer: PreTrainedTokenizerBase) -> Atlop:
    return tiny_atlop(tokenizer)


@pytest.mark.parametrize("order", [[ADA, BERT], [BERT, ADA]])
def test_labels_stand_at_their_pairs_in_the_order_of_the_batch(
    model: Atlop, tokenizer: PreTrainedTokenizerBase, order: list[LabelledDocument]
) -> None:
    samples = make_samples(model, tokenizer, order, VOCABULARY)
    assert told(samples, order) == gold(order)
    batch = collate([sample.window for sample in samples], pad_id=0)
    matrix = label_matrix(samples, len(VOCABULARY))
    assert matrix.shape == (len(batch.first), 2, 5)
    assert matrix.sum() == 5
    # Rows are collate's: the window, the pair's first and second entity.
    born = samples[order.index(ADA)].window.pairs.index((0, 1))
    row = (batch.pair_window == order.index(ADA)).nonzero().flatten()[born]
    assert (batch.first[row].item(), batch.second[row].item()) == (0, 1)
    assert matrix[row, 0].tolist() == [False, True, False, False, True]  # P19 and P69
    assert not matrix[row, 1].any()


def test_evidence_stands_at_its_pairs_counted_from_the_windows_first_sentence(
    model: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    samples = make_samples(model, tokenizer, EVIDENT, VOCABULARY)
    rows, matrix = evidence_matrix(samples, 3)
    first, second = (sample.window.pairs for sample in samples)
    expected = {
        first.index((0, 1)): [True, True, False],  # of both relations together
        first.index((1, 2)): [True, True, False],
        len(first) + second.index((1, 2)): [False, True, False],
    }
    assert dict(zip(rows.tolist(), matrix.tolist(), strict=True)) == expected


def test_without_evidence_there_are_no_rows(
    model: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    rows, matrix = evidence_matrix(make_samples(model, tokenizer, [ADA], VOCABULARY), 3)
    assert rows.shape == (0,)
    assert matrix.shape == (0, 3)


def candidate_ways(sample: Sample) -> set[tuple[int, int]]:
    ways = set()
    for row, pair in enumerate(sample.window.pairs):
        one, other = (sample.window.entities[end] for end in pair)
        for way, ends in enumerate(((one, other), (other, one))):
            if sample.candidates[row, way]:
                ways.add(ends)
    return ways


def test_only_judged_pairs_that_types_admit_train(
    model: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    everything = {pair for one, other in combinations(range(3), 2) for pair in
                  ((one, other), (other, one))}  # fmt: skip
    (free,) = make_samples(model, tokenizer, [ADA], VOCABULARY)
    assert candidate_ways(free) == everything
    (signed,) = make_samples(model, tokenizer, [ADA], SIGNED)
    assert candidate_ways(signed) == {(0, 1), (0, 2), (1, 2), (2, 1)}
    judged = replace(ADA, unjudged=frozenset({(0, 2), (2, 1)}))
    (left,) = make_samples(model, tokenizer, [judged], SIGNED)
    assert candidate_ways(left) == {(0, 1), (1, 2)}


def test_a_document_with_no_pair_to_train_on_is_no_sample(
    model: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    pairs = frozenset((one, other) for one in range(3) for other in range(3))
    nothing = replace(BERT, unjudged=pairs)
    samples = make_samples(model, tokenizer, [ALONE, ADA, nothing], VOCABULARY)
    assert len(samples) == 1
    assert told(samples, [ADA]) == gold([ADA])


@pytest.fixture(scope="module")
def narrow(tokenizer: PreTrainedTokenizerBase) -> Atlop:
    """Return a model whose encoder reads 24 word pieces."""
    atlop = tiny_atlop(tokenizer)
    atlop.encoder.config.max_position_embeddings = 24
    return atlop


def test_a_long_document_gives_each_window_its_own_labels_and_evidence(
    narrow: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    filler = "Nothing of note was seen here . "
    text = f"[Ada|PER|0] left [Bonn|LOC|1]. {filler * 3}[Bonn|LOC|1] lies by [Kent|LOC|2]."
    item = with_evidence(
        labelled(text, (0, "P19", 1), (1, "P17", 2), (0, "P69", 2), title="Long"),
        (0, 4), (4,), (4,),
    )  # fmt: skip
    samples = make_samples(narrow, tokenizer, [item], VOCABULARY)
    assert len(samples) > 1
    found = told(samples, [item] * len(samples))
    # No window shows Ada with Kent.
    assert found == {("Long", 0, "P19", 1), ("Long", 1, "P17", 2)}
    assert samples[-1].window.first_sentence > 0
    rows, matrix = evidence_matrix(samples, 5)
    by_row = dict(zip(rows.tolist(), matrix.tolist(), strict=True))
    pairs = [
        (sample, pair) for sample in samples for pair in sample.window.pairs
    ]  # in the order of rows
    for row, marked in by_row.items():
        sample, pair = pairs[row]
        first = sample.window.first_sentence
        ends = {sample.window.entities[end] for end in pair}
        # Sentence 4 is not seen in the first window, and is counted from its own in the last.
        inside = {0} if ends == {0, 1} else {4}
        assert {first + n for n, yes in enumerate(marked) if yes} == inside
    assert len(by_row) == 2


def output_for(samples: Sequence[Sample], sentences: int = 3) -> PairScores:
    torch.manual_seed(1)
    pairs = sum(len(sample.window.pairs) for sample in samples)
    return PairScores(
        logits=torch.randn(pairs, 2, len(VOCABULARY)),
        sentence_shares=torch.rand(pairs, sentences).softmax(dim=-1),
    )


def test_the_loss_is_that_of_the_pairs_that_train(
    model: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    items = [replace(EVIDENT[0], unjudged=frozenset({(2, 0)})), EVIDENT[1]]
    samples = make_samples(model, tokenizer, items, SIGNED)
    output = output_for(samples)
    rows, labels = [], []
    matrix = label_matrix(samples, len(SIGNED))
    start = 0
    for sample, item in zip(samples, items, strict=True):
        types = [cluster.type for cluster in item.document.clusters]
        for row, pair in enumerate(sample.window.pairs):
            one, other = (sample.window.entities[end] for end in pair)
            for way, (head, tail) in enumerate(((one, other), (other, one))):
                if (types[head], types[tail]) in {("PER", "LOC"), ("LOC", "LOC")}:
                    rows.append(output.logits[start + row, way])
                    labels.append(matrix[start + row, way])
        start += len(sample.window.pairs)
    assert 0 < len(rows) < 2 * len(output.logits)
    relations = relation_loss(torch.stack(rows), torch.stack(labels), "atl")
    where, evidence = evidence_matrix(samples, 3)
    sentences = evidence_loss(output.sentence_shares[where], evidence)

    plain = training_losses(output, samples, PRESETS["atlop"])
    assert plain.tolist() == pytest.approx([relations.item(), 0.0])
    both = training_losses(output, samples, replace(PRESETS["atlop"], evidence=0.1))
    assert both.tolist() == pytest.approx([relations.item(), 0.1 * sentences.item()])
    assert sentences > 0
    assert training_losses(output, samples, PRESETS["atlop"]).sum().item() == pytest.approx(
        relations.item()
    )


def test_nobodys_evidence_costs_nothing(model: Atlop, tokenizer: PreTrainedTokenizerBase) -> None:
    samples = make_samples(model, tokenizer, [ADA], VOCABULARY)
    losses = training_losses(output_for(samples), samples, PRESETS["factloom"])
    assert losses[1] == 0.0


def test_a_document_without_labels_trains_too(
    model: Atlop, tokenizer: PreTrainedTokenizerBase
) -> None:
    unlabelled = labelled("[Ada|PER|0] left [London|LOC|1].", title="No label")
    samples = make_samples(model, tokenizer, [unlabelled, ADA], VOCABULARY)
    assert told(samples, [unlabelled, ADA]) == gold([ADA])


@pytest.mark.parametrize("loss", ["atl", "sat", "bce", "afl", "hinge_abl", "atgl"])
def test_what_may_or_may_not_be_listed_trains_nothing(
    model: Atlop, tokenizer: PreTrainedTokenizerBase, loss: Loss
) -> None:
    item = replace(ADA, optional=frozenset({(0, "P69", 2)}))
    samples = make_samples(model, tokenizer, [item], VOCABULARY)
    cells = optional_matrix(samples, len(VOCABULARY))
    assert cells.sum() == 1
    logits = torch.randn(*cells.shape, requires_grad=True)
    output = PairScores(logits=logits, sentence_shares=torch.zeros(len(cells), 1))
    training_losses(output, samples, Preset(loss=loss))[0].backward()
    assert logits.grad is not None
    assert not logits.grad[cells].any()
    assert torch.isfinite(logits.grad).all()
    assert logits.grad[~cells].any()
