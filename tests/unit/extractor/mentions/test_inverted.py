"""'Last, First' is one person where letters tell so, and no list of people is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.clusters import cluster_mentions
from extractor.mentions.inverted import join_inverted_names
from extractor.schema import Mention
from tests.unit.extractor.annotated import read_annotated


def joined(annotated: str) -> list[str]:
    text, mentions, _ = read_annotated(annotated)
    return [text[m.start : m.end] for m in join_inverted_names(text, mentions)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[HOLLOWAY|PER], [James A.|PER] of [Bonn|LOC]", ["HOLLOWAY, James A.", "Bonn"]),
        ("[MERWE|PER],\n  [James|PER] left", ["MERWE,\n  James"]),
        ("[Powell|PER], [J.|PER], wrote", ["Powell, J."]),
        ("[Merwe|PER], [J.-P. K.|PER] wrote", ["Merwe, J.-P. K."]),
        ("[SMITH|PER], [JONES|PER] met", ["SMITH", "JONES"]),
        ("[Smith|PER], [Ann Lee|PER] met", ["Smith", "Ann Lee"]),
        ("[SMITH|PER] and [Ann|PER] met", ["SMITH", "Ann"]),
        ("[SMITH|PER], [Bonn|LOC] met", ["SMITH", "Bonn"]),
        ("[SMITH|PER],\n\n[Ann|PER] met", ["SMITH", "Ann"]),
        ("[Ann Lee|PER], [J.|PER] met", ["Ann Lee", "J."]),
    ],
)
def test_last_and_first_names_are_joined(text: str, expected: list[str]) -> None:
    assert joined(text) == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=6))
def test_what_does_not_cross_does_not_cross_then(places: list[tuple[int, int]]) -> None:
    words = ["HOLLOWAY,", "James,", "J.,", "MERWE,", "Ann,", "K. L.,", "LEE,", "A.,", "B.,", "Bo,"]
    text = " ".join(words)
    starts = [text.index(word) for word in words]
    spans = {(starts[min(a, b)], starts[max(a, b)] + len(words[max(a, b)]) - 1) for a, b in places}
    apart = {
        one for one in spans if not any(one[0] < other[0] < one[1] < other[1] for other in spans)
    }
    found = join_inverted_names(
        text, [Mention(start=start, end=end, type="PER") for start, end in sorted(apart)]
    )
    for one in found:
        for other in found:
            assert not one.start < other.start < one.end < other.end


def test_both_forms_of_a_name_are_one_person() -> None:
    text, mentions, _ = read_annotated(
        "[HOLLOWAY, James A.|PER] testified. Later [James A. Holloway|PER] left for [Bonn|LOC]; "
        "[Sammy Davis, Jr.|PER] stayed."
    )
    clusters = cluster_mentions(text, mentions)
    names = [[text[m.start : m.end] for m in cluster.mentions] for cluster in clusters]
    assert names == [["HOLLOWAY, James A.", "James A. Holloway"], ["Bonn"], ["Sammy Davis, Jr."]]
