from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.clusters import cluster_mentions
from extractor.schema import ENTITY_TYPES, Mention
from tests.unit.extractor.annotated import read_annotated


def names(marked: str) -> list[list[str]]:
    text, mentions, _ = read_annotated(marked)
    return [
        [text[mention.start : mention.end] for mention in cluster.mentions]
        for cluster in cluster_mentions(text, mentions)
    ]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("[Ada Lovelace|PER], [Lovelace|PER] and [Ada|PER]", [["Ada Lovelace", "Lovelace", "Ada"]]),
        ("[Lovelace|PER] is [Ada Lovelace|PER]", [["Lovelace", "Ada Lovelace"]]),
        (
            "[John Smith|PER] met [Mary Smith|PER]. [Smith|PER] left.",
            [["John Smith"], ["Mary Smith", "Smith"]],
        ),
        (
            "[Smith|PER] left. [John Smith|PER] met [Mary Smith|PER].",
            [["Smith"], ["John Smith"], ["Mary Smith"]],
        ),
        ("[Smithson|PER] and [John Smith|PER]", [["Smithson"], ["John Smith"]]),
        ("[Columbia Records|ORG] ... [Columbia|ORG]", [["Columbia Records", "Columbia"]]),
        ("[Columbia|ORG] ... [Columbia Records|ORG]", [["Columbia"], ["Columbia Records"]]),
        (
            "[BBC|ORG], the [British Broadcasting Corporation|ORG]",
            [["BBC", "British Broadcasting Corporation"]],
        ),
        ("[University of California|ORG] ([UC|ORG])", [["University of California", "UC"]]),
        ("[United Nations|ORG] ([U.N.|ORG])", [["United Nations", "U.N."]]),
        ("[United Nations|ORG] ([un|ORG])", [["United Nations"], ["un"]]),
        (
            "[the United Nations|ORG] and [United Nations|ORG]",
            [["the United Nations", "United Nations"]],
        ),
        ("[Zürich|LOC], [ZURICH|LOC]", [["Zürich", "ZURICH"]]),
        ("[the Met|LOC] and [the Met|ORG]", [["the Met", "the Met"]]),
        ("[French|LOC] people in [France|LOC]", [["French"], ["France"]]),
        ("[New York|LOC] and [New York City|LOC]", [["New York"], ["New York City"]]),
        ("[Washington|LOC] and [Washington|PER]", [["Washington"], ["Washington"]]),
        ("[1815|TIME] and [1815|NUM]", [["1815"], ["1815"]]),
        ("[10 May 1815|TIME] and [1815|TIME]", [["10 May 1815"], ["1815"]]),
        ("[10 May 1815|TIME], [May 10, 1815|TIME]", [["10 May 1815", "May 10, 1815"]]),
    ],
)
def test_mentions_of_one_entity_come_together(marked: str, expected: list[list[str]]) -> None:
    assert names(marked) == expected


def test_a_cluster_has_the_type_of_most_of_its_mentions() -> None:
    text, mentions, _ = read_annotated("[the Met|LOC], [the Met|ORG], [the Met|ORG]")
    (cluster,) = cluster_mentions(text, mentions)
    assert cluster.type == "ORG"


def test_of_two_types_as_frequent_the_first_counts() -> None:
    text, mentions, _ = read_annotated("[the Met|LOC], [the Met|ORG]")
    (cluster,) = cluster_mentions(text, mentions)
    assert cluster.type == "LOC"


@st.composite
def mentioned(draw: st.DrawFn) -> tuple[str, list[Mention]]:
    words = draw(
        st.lists(
            st.sampled_from(["Ann", "ann", "A.", "AS", "Smith", "of", "the", "—"]),
            min_size=1,
            max_size=12,
        )
    )
    text = " ".join(words)
    spans = st.tuples(
        st.integers(0, len(text) - 1), st.integers(1, 9), st.sampled_from(ENTITY_TYPES)
    )
    found = draw(st.lists(spans, max_size=10))
    by_place = {(start, min(len(text), start + length)): type_ for start, length, type_ in found}
    return text, [
        Mention(start=start, end=end, type=type_) for (start, end), type_ in by_place.items()
    ]


@settings(max_examples=60)
@given(mentioned())
def test_every_mention_is_in_one_cluster_whatever_their_order(
    case: tuple[str, list[Mention]],
) -> None:
    text, mentions = case
    clusters = cluster_mentions(text, mentions)
    found = [mention for cluster in clusters for mention in cluster.mentions]
    assert sorted(found, key=repr) == sorted(mentions, key=repr)
    starts = [cluster.mentions[0].start for cluster in clusters]
    assert starts == sorted(starts)
    for cluster in clusters:
        assert list(cluster.mentions) == sorted(cluster.mentions, key=lambda m: (m.start, m.end))
    assert cluster_mentions(text, mentions[::-1]) == clusters
