from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from extractor import evaluation
from extractor.checkpoint import Checkpoint, TrainingRecord
from extractor.errors import DatasetRejected
from extractor.evaluation import (
    Score,
    asserted_triples,
    evaluate_mentions,
    evaluate_relations,
    micro,
)
from extractor.relations import RelationVocabulary
from extractor.schema import Mention
from extractor.scoring import WindowScores
from tests.unit.extractor.annotated import labelled

TEXT = "[Ada|PER|0] and [Lovelace|PER|0] left [London|LOC|1] for [Kent|LOC|2]."
DOCUMENT = labelled(TEXT, (0, "P19", 1), (0, "P19", 2), (2, "P17", 1), (1, "P17", 2), title="One")
KNOWN = labelled("[Lovelace|PER|0] of [London|LOC|1].", (0, "P19", 1), title="Train")


def scores(asserted: dict[tuple[int, int], int], *, margin: float = 1.0) -> WindowScores:
    """Return the scores of three entities: P17 is column 0, P19 column 1."""
    pairs = ((0, 1), (0, 2), (1, 2))
    margins = np.full((3, 2, 2), -1.0, dtype=np.float32)
    for (head, tail), column in asserted.items():
        way = int(head > tail)
        margins[pairs.index((min(head, tail), max(head, tail))), way, column] = margin
    return WindowScores(
        pairs=pairs, margins=margins, first_sentence=0, sentence_shares=np.ones((3, 1), np.float32)
    )


def test_relation_scores_are_those_counted_by_hand(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = [
        scores({(0, 1): 1, (2, 1): 0, (2, 0): 1}),
        scores({(0, 1): 1}, margin=3.0),  # a second window that says the same
    ]
    monkeypatch.setattr(evaluation, "score_gold", lambda *_, **__: [windows])
    made = replace(checkpoint, relations=RelationVocabulary({"P17": "country", "P19": "birth"}))
    result = evaluate_relations(made, [DOCUMENT], training_documents=[KNOWN])
    # 3 asserted, 2 of them right, of 4 gold; one of the right ones is known from training.
    assert result.documents == 1
    assert (result.f1.precision, result.f1.recall) == (2 / 3, 2 / 4)
    assert result.f1.f1 == pytest.approx(4 / 7)
    assert (result.ign_f1.precision, result.ign_f1.recall) == (1 / 2, 2 / 4)
    assert result.ign_f1.f1 == pytest.approx(1 / 2)


def test_nothing_asserted_and_nothing_gold_score_zero() -> None:
    assert micro(0, 0, 5) == micro(0, 5, 0) == Score(precision=0.0, recall=0.0, f1=0.0)


def test_triples_are_told_in_both_directions_with_their_margins() -> None:
    relations = RelationVocabulary({"P17": "country", "P19": "birth"})
    found = dict(
        asserted_triples([[scores({(0, 2): 1, (2, 1): 0}, margin=2.5)]], relations, threshold=0.0)
    )
    assert found == {(0, 0, "P19", 2): 2.5, (0, 2, "P17", 1): 2.5}


def test_a_model_is_not_scored_on_documents_that_it_saw(checkpoint: Checkpoint) -> None:
    for record in (
        TrainingRecord(relation_titles=("One",)),
        TrainingRecord(calibration_titles=("One",)),
    ):
        with pytest.raises(DatasetRejected, match=r"1 of the 2 documents, 'One'"):
            evaluate_relations(
                replace(checkpoint, record=record), [KNOWN, DOCUMENT], training_documents=[]
            )


def test_a_detector_is_not_scored_on_documents_that_it_saw(checkpoint: Checkpoint) -> None:
    record = TrainingRecord(mention_titles=("One",))
    with pytest.raises(DatasetRejected, match="the mention detector was trained on 1"):
        evaluate_mentions(checkpoint.tagger, checkpoint.tokenizer, [DOCUMENT], record)


def test_mention_scores_are_those_counted_by_hand(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        Mention(start=0, end=3, type="PER"),
        Mention(start=8, end=16, type="ORG"),
        Mention(start=0, end=16, type="PER"),
    ]
    monkeypatch.setattr(evaluation, "detect", lambda *_, **__: [found])
    span, typed = evaluate_mentions(
        checkpoint.tagger, checkpoint.tokenizer, [DOCUMENT], TrainingRecord()
    )
    assert (span.precision, span.recall) == (2 / 3, 2 / 4)
    assert (typed.precision, typed.recall) == (1 / 3, 1 / 4)


def test_margins_that_are_no_numbers_are_never_scored(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    bias = checkpoint.atlop.bilinear.bias
    monkeypatch.setattr(bias, "data", bias.data.clone().fill_(float("nan")))
    with pytest.raises(FloatingPointError):
        evaluate_relations(checkpoint, [DOCUMENT], training_documents=[])
