from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from extractor.calibration.evidence import sentences_of
from extractor.datasets.docred import Label, LabelledDocument
from extractor.evaluation.gold_evidence import evidence_cases
from extractor.relations import RelationVocabulary
from extractor.schema import Mention, Span
from tests.unit.extractor.annotated import labelled
from tests.unit.extractor.scored import window_scores

RELATIONS = RelationVocabulary({"P17": "country", "P131": "located in"})
TEXT = (
    "[Ada|PER|0] left [London|LOC|1]. Nobody saw [Ada|PER|0]. "
    "[Kent|LOC|2] was far. [London|LOC|1] is in [Kent|LOC|2]."
)


def document(*labels: Label) -> LabelledDocument:
    return replace(labelled(TEXT), labels=labels)


def test_a_gold_triple_is_a_case_with_its_pairs_attention() -> None:
    item = document(
        Label(head=1, relation="P17", tail=2, evidence=(3,)),
        Label(head=2, relation="P131", tail=0),
    )
    shares = {(1, 2): (0.1, 0.2, 0.3, 0.4), (0, 2): (0.7, 0.1, 0.1, 0.1)}
    window = window_scores({}, shares=shares, sentences=4)
    forth, back = evidence_cases([[window]], [item], RELATIONS)
    assert forth.shares.tolist() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert forth.head_sentences == {0, 3}
    assert forth.tail_sentences == {2, 3}
    assert (forth.gold, forth.first_sentence) == ((3,), 0)
    assert back.shares.tolist() == pytest.approx([0.7, 0.1, 0.1, 0.1])
    assert back.head_sentences == {2, 3}
    assert back.tail_sentences == {0, 1}
    assert back.gold == ()


def test_the_window_that_is_surest_of_a_relation_speaks_for_it() -> None:
    item = document(Label(head=1, relation="P17", tail=2, evidence=(3,)))
    unsure = window_scores(
        {(1, 0, 2): 0.5, (1, 1, 2): 9.0}, shares={(1, 2): (1.0, 0.0)}, sentences=2
    )
    sure = window_scores(
        {(1, 0, 2): 2.0}, shares={(1, 2): (0.2, 0.8)}, sentences=2, first_sentence=2
    )
    for windows in ([unsure, sure], [sure, unsure]):
        (case,) = evidence_cases([windows], [item], RELATIONS)
        assert case.first_sentence == 2
        assert case.shares.tolist() == pytest.approx([0.2, 0.8])


def test_a_pair_that_no_window_shows_is_a_case_without_attention() -> None:
    item = document(Label(head=0, relation="P17", tail=2, evidence=(1,)))
    hidden = window_scores({}, entities=2)
    for windows in ([hidden], []):
        (case,) = evidence_cases([windows], [item], RELATIONS)
        assert case.shares.size == 0
        assert case.shares.dtype == np.float32
        assert case.head_sentences == {0, 1}


def test_cases_belong_to_their_own_documents() -> None:
    items = [document(), document(Label(head=0, relation="P131", tail=1))]
    first = window_scores({}, shares={(0, 1): (1.0, 0.0)}, sentences=2)
    second = window_scores({}, shares={(0, 1): (0.0, 1.0)}, sentences=2)
    (case,) = evidence_cases([[first], [second]], items, RELATIONS)
    assert case.shares.tolist() == [0.0, 1.0]


def test_mentions_lie_in_the_sentence_that_they_begin_in() -> None:
    sentences = (Span(start=2, end=9), Span(start=10, end=20))
    places = [(0, 1), (2, 3), (9, 12), (10, 11), (19, 25)]
    found = [
        sentences_of([Mention(start=start, end=end, type="PER")], sentences)
        for start, end in places
    ]
    assert found == [frozenset(), {0}, {0}, {1}, {1}]
    assert sentences_of([Mention(start=0, end=1, type="PER")], ()) == frozenset()
