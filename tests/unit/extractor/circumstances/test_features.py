"""The numbers by which a statement's circumstances are told."""

from __future__ import annotations

import math

import pytest

from extractor.circumstances.features import FEATURES, SUREST_MENTION, features_of
from tests.unit.extractor.circumstances.stated import stated, text

KENT = text("[Ada|PER|0] of [Kent|LOC|1] met [Bert|PER|2]. [Carl|PER|3] left.")


def test_the_most_doubtful_mention_counts_and_a_given_one_is_sure() -> None:
    found = text("[Ada|PER|0] of [Kent|LOC|1]. [Ada|PER|0]", [(5.0, 0.5), (99.0,)])
    (features,) = found.features(stated(0, "P19", 1))
    assert features["head_mention"] == 0.5
    assert features["tail_mention"] == SUREST_MENTION
    (given,) = KENT.features(stated(0, "P19", 1))
    assert given["head_mention"] == given["tail_mention"] == SUREST_MENTION


def test_rivals_are_counted() -> None:
    first, second, third, other = KENT.features(
        stated(0, "P19", 1), stated(2, "P19", 1), stated(3, "P19", 1), stated(0, "P20", 1)
    )
    assert first["other_heads"] == pytest.approx(math.log(3))
    assert first["place_other_heads"] == first["other_heads"]
    assert first["other_tails"] == 0
    assert first["other_relations"] == pytest.approx(math.log(2))
    assert second["other_relations"] == other["other_heads"] == 0
    assert third["other_heads"] == first["other_heads"]


def test_only_of_places_it_counts_again_how_far_they_are() -> None:
    to_place, to_person = KENT.features(stated(0, "P19", 1), stated(0, "P26", 2))
    assert to_place["characters_apart"] == to_place["place_apart"] == pytest.approx(math.log(5))
    assert to_person["characters_apart"] == pytest.approx(math.log(14))
    assert to_person["place_apart"] == to_person["place_other_heads"] == 0


def test_order_and_sentence_are_told() -> None:
    forth, back, far = KENT.features(stated(0, "P26", 2), stated(2, "P26", 0), stated(0, "P26", 3))
    assert (forth["head_first"], back["head_first"]) == (1, 0)
    assert (forth["same_sentence"], far["same_sentence"]) == (1, 0)


@pytest.mark.parametrize("probability", [0.0, 1e-12, 0.5, 1.0])
def test_log_odds_are_finite(probability: float) -> None:
    (features,) = KENT.features(stated(0, "P19", 1, probability))
    assert math.isfinite(features["log_odds"])
    assert (features["log_odds"] > 0) == (probability > 0.5)


def test_no_statements_have_no_rows() -> None:
    assert features_of([], KENT.entities, KENT.sentences).shape == (0, len(FEATURES))
