"""What labels show of the types between which relations hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.datasets.statistics import signatures
from extractor.signatures import MIN_LABELS, TypeStatistics
from tests.unit.extractor.annotated import labelled

BORN = [("P19", ("PER", "LOC"))] * MIN_LABELS
LEARNED = TypeStatistics.counted([*BORN, ("P19", ("MISC", "ORG")), ("P17", ("LOC", "LOC"))])
TYPES = st.sampled_from(["PER", "LOC", "NUM", "cell-line"])


@pytest.mark.parametrize(
    ("head", "tail", "reason"),
    [
        ("PER", "LOC", None),
        ("MISC", "ORG", None),
        ("LOC", "LOC", "head type"),
        ("PER", "NUM", "tail type"),
        ("PER", "ORG", "pair of types"),
    ],
)
def test_an_objection_says_what_was_never_seen(head: str, tail: str, reason: str | None) -> None:
    assert LEARNED.objection("P19", head, tail) == reason


def test_few_labels_and_no_labels_object_to_nothing() -> None:
    assert LEARNED.objection("P17", "NUM", "NUM") is None
    assert LEARNED.objection("P22", "NUM", "NUM") is None
    assert TypeStatistics.counted(BORN[1:]).objection("P19", "NUM", "NUM") is None
    assert TypeStatistics.counted(BORN).objection("P19", "NUM", "NUM") == "head type"


def test_types_between_which_hardly_a_label_holds_make_no_pair() -> None:
    many = TypeStatistics.counted([("P19", ("PER", "LOC"))] * 2_000 + [("P19", ("PER", "NUM"))])
    assert many.candidate("PER", "LOC")
    assert not many.candidate("LOC", "PER"), "the order counts"
    assert not many.candidate("PER", "NUM"), "one in 2,001 is a slip"
    few = TypeStatistics.counted([("P19", ("PER", "LOC"))] * 900 + [("P19", ("PER", "NUM"))])
    assert few.candidate("PER", "NUM")
    assert TypeStatistics().candidate("NUM", "NUM"), "nothing is known"


def test_they_are_counted_by_the_types_of_clusters() -> None:
    first = labelled("[Ada|PER|0] of [Kent|LOC|1].", (0, "P19", 1))
    second = labelled("[Bert|PER|0] of [1815|TIME|1].", (0, "P19", 1), (0, "P569", 1))
    assert signatures([first, second, first]).counts == {
        "P19": {("PER", "LOC"): 2, ("PER", "TIME"): 1},
        "P569": {("PER", "TIME"): 1},
    }


@given(st.lists(st.tuples(st.sampled_from(["P19", "P17"]), st.tuples(TYPES, TYPES))))
def test_json_and_back(labels: list[tuple[str, tuple[str, str]]]) -> None:
    learned = TypeStatistics.counted(labels)
    stored = json.loads(json.dumps(learned.to_json()))
    assert TypeStatistics.from_json(stored) == learned


@pytest.mark.parametrize(
    "stored",
    [
        {"version": 2, "relations": {}},
        {"version": 1, "relations": {"P19": [["PER", "LOC", 0]]}},
        {"version": 1, "relations": {"P19": [["a b", "LOC", 1]]}},
    ],
)
def test_another_file_is_refused(stored: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"version|labels|type"):
        TypeStatistics.from_json(stored)
