from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.atlop.model import Atlop
from extractor.calibration.evidence import rule_counts
from extractor.calibration.thresholds import Thresholding, tune
from extractor.datasets.docred import Label, LabelledDocument
from extractor.errors import DatasetRejected
from extractor.evaluation import decisions
from extractor.evaluation.cells import Cells, gold_cells
from extractor.evaluation.decisions import calibrate, fit_decisions, fold_of
from extractor.evaluation.gold import score_gold
from extractor.evaluation.gold_evidence import evidence_cases
from extractor.relations import RelationVocabulary, TypeConstraint
from tests.checkpoints import tiny_atlop
from tests.unit.extractor.annotated import labelled

pytestmark = pytest.mark.slow

VOCABULARY = RelationVocabulary(
    {"P19": "place of birth", "P17": "country", "P131": "located in", "P69": "educated at"}
)
TEXT = (
    "[Ada|PER|0] of {} left [London|LOC|1] in [1815|TIME|2]. [Bert|PER|3] met [Ada|PER|0] near "
    "[Kent|LOC|4]. The [Royal Society|ORG|5] met them in [London|LOC|1]."
)
DOCUMENTS = [
    labelled(TEXT.format(word), title=word)
    for word in ("fame", "old", "note", "Bonn", "late", "the north")
]


def all_cells(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase, documents: Sequence[LabelledDocument]
) -> Cells:
    scored = score_gold(atlop, tokenizer, documents, VOCABULARY).windows
    return gold_cells(scored, documents, VOCABULARY, floor=-math.inf)


def as_it_thinks(
    atlop: Atlop, tokenizer: PreTrainedTokenizerBase, *, level: float
) -> list[LabelledDocument]:
    """Label what the model says above a level, and as much that it does not say."""
    cells = all_cells(atlop, tokenizer, DOCUMENTS)
    chance = np.random.default_rng(5).random(len(cells.margin))
    chosen = np.where(cells.margin > np.quantile(cells.margin, level), chance < 0.8, chance < 0.02)
    triples = sorted(cells.triples(chosen))
    return [
        replace(
            item,
            labels=tuple(
                Label(head=head, relation=relation, tail=tail, evidence=(0, 1))
                for n, head, relation, tail in triples
                if n == index
            ),
        )
        for index, item in enumerate(DOCUMENTS)
    ]


CASES: list[tuple[dict[str, Any], Thresholding, float]] = [
    ({"reverse": True, "distances": True}, "adaptive", 0.9),
    ({"reverse": True, "distances": True}, "shifted", 0.9),
    ({"reverse": True}, "per_class", 0.9),
    ({"threshold": "zero"}, "global", 0.98),
]


@pytest.mark.parametrize(("switches", "thresholding", "level"), CASES)
def test_a_margin_above_zero_is_one_above_the_tuned_thresholds(
    tokenizer: PreTrainedTokenizerBase,
    switches: dict[str, Any],
    thresholding: Thresholding,
    level: float,
) -> None:
    atlop = tiny_atlop(tokenizer, **switches)
    documents = as_it_thinks(atlop, tokenizer, level=level)
    before = all_cells(atlop, tokenizer, documents)
    found = fit_decisions(atlop, tokenizer, documents, VOCABULARY, thresholding=thresholding)
    after = all_cells(atlop, tokenizer, documents)

    asserted = before.triples(before.asserted(found.thresholds))
    assert asserted
    assert after.triples(after.margin > 0) == asserted
    expected = tune(
        thresholding,
        before.margin,
        before.column,
        before.holds,
        gold=before.gold,
        relations=4,
    )
    assert asserted == before.triples(before.asserted(expected))
    if thresholding == "adaptive":
        assert found.thresholds == (0.0,) * 4
    else:
        assert any(found.thresholds)


def test_tuning_again_moves_nothing_more(tokenizer: PreTrainedTokenizerBase) -> None:
    atlop = tiny_atlop(tokenizer)
    documents = as_it_thinks(atlop, tokenizer, level=0.9)
    fit_decisions(atlop, tokenizer, documents, VOCABULARY, thresholding="shifted")
    cells = all_cells(atlop, tokenizer, documents)
    again = fit_decisions(atlop, tokenizer, documents, VOCABULARY, thresholding="shifted")
    same = all_cells(atlop, tokenizer, documents)
    assert again.thresholds == (0.0,) * 4
    assert np.array_equal(cells.margin, same.margin)


def test_the_calibrator_is_fitted_to_the_margins_as_they_are_in_the_end(
    tokenizer: PreTrainedTokenizerBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Cells] = []

    def watched(cells: Cells, documents: Sequence[LabelledDocument], *, relations: int) -> object:
        given.append(cells)
        return calibrate(cells, documents, relations=relations)

    monkeypatch.setattr(decisions, "calibrate", watched)
    atlop = tiny_atlop(tokenizer)
    documents = as_it_thinks(atlop, tokenizer, level=0.9)
    found = fit_decisions(atlop, tokenizer, documents, VOCABULARY, thresholding="per_class")
    (cells,) = given
    after = all_cells(atlop, tokenizer, documents)
    keys = [(c.document, c.head, c.column, c.tail) for c in (cells, after)]
    margins = dict(zip(zip(*keys[1], strict=True), after.margin, strict=True))
    for key, margin in zip(zip(*keys[0], strict=True), cells.margin, strict=True):
        assert margin == pytest.approx(margins[key], abs=1e-4)
    # Cells near the decision are as likely to hold as the calibrator says of them all.
    chances = found.calibrator.probabilities(cells.margin, cells.column)
    assert chances.mean() == pytest.approx(cells.holds.mean(), abs=0.02)


def test_the_evidence_rule_is_the_best_of_its_grid(tokenizer: PreTrainedTokenizerBase) -> None:
    atlop = tiny_atlop(tokenizer)
    documents = as_it_thinks(atlop, tokenizer, level=0.9)
    found = fit_decisions(atlop, tokenizer, documents, VOCABULARY, thresholding="adaptive")
    scored = score_gold(atlop, tokenizer, documents, VOCABULARY).windows
    cases = evidence_cases(scored, documents, VOCABULARY)

    def f1(right: int, predicted: int, gold: int) -> float:
        return 2 * right / (predicted + gold)

    tuned = f1(*rule_counts(cases, found.evidence))
    default = f1(*rule_counts(cases, type(found.evidence)()))
    assert tuned > default


@pytest.mark.parametrize("sure", [-50.0, 50.0])
def test_a_model_that_is_very_sure_is_calibrated_on_all_its_cells(
    tokenizer: PreTrainedTokenizerBase, sure: float
) -> None:
    atlop = tiny_atlop(tokenizer)
    documents = as_it_thinks(atlop, tokenizer, level=0.9)
    with torch.no_grad():
        atlop.bilinear.bias[1:] += sure  # all cells below the floor, or all above
    found = fit_decisions(atlop, tokenizer, documents, VOCABULARY, thresholding="shifted")
    assert found.thresholds[0] == pytest.approx(sure, abs=30)
    assert found.calibrator.slope > 0.05


def test_dev_documents_without_labels_are_refused(
    tokenizer: PreTrainedTokenizerBase, atlop: Atlop
) -> None:
    with pytest.raises(DatasetRejected, match="the 6 dev documents label no scored entity pair"):
        fit_decisions(atlop, tokenizer, DOCUMENTS, VOCABULARY, thresholding="adaptive")


def test_titles_spread_over_the_folds() -> None:
    folds = [fold_of(f"Document {n}") for n in range(500)]
    counts = np.bincount(folds)
    assert counts.tolist() == pytest.approx([100] * 5, abs=30)


def test_what_types_rule_out_does_not_calibrate(tokenizer: PreTrainedTokenizerBase) -> None:
    atlop = tiny_atlop(tokenizer)
    documents = as_it_thinks(atlop, tokenizer, level=0.9)
    people = TypeConstraint(head=frozenset({"PER"}))
    signed = RelationVocabulary(VOCABULARY.names, dict.fromkeys(VOCABULARY.names, people))
    documents = [
        replace(
            item,
            labels=tuple(
                label for label in item.labels if item.document.clusters[label.head].type == "PER"
            ),
        )
        for item in documents
    ]
    with torch.no_grad():
        atlop.bilinear.bias[1:] -= 50.0  # so that no cell is near 0, and every cell counts
    found = fit_decisions(atlop, tokenizer, documents, signed, thresholding="adaptive")
    assert found.calibrator.slope > 0.05
