"""Judging what the graph says of texts of many kinds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.quality.parts.genre_labels import Assertion, Labels, judge, labels_of
from benchmarks.quality.parts.judged_texts import ece_of, figures

READ = {
    "names": {"Ada Lovelace": ["LOVELACE, ADA"], "London": []},
    "facts": [["Ada Lovelace", "P19", "London"], ["Ada Lovelace", "P166", "Lévi-Strauss Prize"]],
    "optional": [["London", "P17", "England"], ["the Ada", "P50", "Ada Lovelace"]],
    "tempting": [["Lord Byron", "P19", "London", "only she was born there"]],
}


@pytest.fixture
def labels(tmp_path: Path) -> Labels:
    path = tmp_path / "life.json"
    path.write_text(json.dumps(READ))
    return labels_of(path)


def asserted(head: str, relation: str, tail: str, probability: float = 0.9) -> Assertion:
    return Assertion(
        document="life", relation=relation, probability=probability, heads=(head,), tails=(tail,)
    )


@pytest.mark.parametrize(
    ("found", "right", "wrong", "tempted"),
    [
        (asserted("Ada Lovelace", "P19", "London"), 1, 0, 0),
        (asserted("Lovelace, Ada", "P19", "the London"), 1, 0, 0),
        (asserted("Ada Love-\n  lace", "P19", "London"), 1, 0, 0),
        (asserted("Ada Lovelace", "P166", "Lévi-\nStrauss Prize"), 1, 0, 0),
        (asserted("Ada&nbsp;Lovelace", "P166", "L&eacute;vi-Strauss Prize"), 1, 0, 0),
        (asserted("London", "P19", "Ada Lovelace"), 0, 1, 0),
        (asserted("London", "P17", "England"), 0, 0, 0),
        (asserted("Lord Byron", "P19", "London"), 0, 1, 1),
        (asserted("Ada Lovelace", "P27", "England"), 0, 1, 0),
        (asserted("Ada Lovelace's", "P19", "London"), 1, 0, 0),
        (asserted("the Ada", "P19", "London"), 0, 1, 0),
    ],
)
def test_an_assertion_is_right_wrong_or_neither(
    labels: Labels, found: Assertion, right: int, wrong: int, tempted: int
) -> None:
    judged = judge([found], labels)
    assert (judged.found, len(judged.right), len(judged.wrong), judged.tempted) == (
        *(right, right, wrong, tempted),
    )


def test_precision_is_of_edges_and_recall_of_facts(labels: Labels) -> None:
    twice = [asserted("Ada Lovelace", "P19", "London", each) for each in (0.6, 0.85)]
    found = figures(twice, [labels])
    assert (found["asserted"], found["edges_80"], found["edges_90"]) == (2, 1, 0)
    assert (found["precision"], found["recall"]) == (1.0, 0.5)
    assert found["f1"] == pytest.approx(2 / 3)


def test_probabilities_that_are_too_high_are_an_error(labels: Labels) -> None:
    right = [asserted("Ada Lovelace", "P19", "London", 0.75)] * 3
    wrong = [asserted("Lord Byron", "P19", "London", 0.75)]
    aside = [asserted("London", "P17", "England", 0.01)]
    assert ece_of([*right, *wrong, *aside], [labels]) == pytest.approx(0.0)
    assert ece_of(wrong, [labels]) == pytest.approx(0.75)


def test_an_entity_that_is_two_things_in_one_is_right_about_neither(labels: Labels) -> None:
    both = replace(asserted("", "P19", "London"), heads=("Ada Lovelace", "Lord Byron"))
    assert figures([both], [labels])["precision"] == 0.0
