from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.clusters import cluster_mentions
from extractor.clusters.groups import Group, group_mentions
from extractor.clusters.names import of_letters
from extractor.clusters.pairs import possible_pairs
from extractor.clusters.weights import ClusteringWeights
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
        (
            "[Ada Lovelace|PER] came. Then [Lovelace|PER] and [Ada|PER]",
            [["Ada Lovelace", "Lovelace", "Ada"]],
        ),
        ("[Smithson|PER] and [John Smith|PER]", [["Smithson"], ["John Smith"]]),
        ("[King George III|PER]. Later [George III|PER]", [["King George III", "George III"]]),
        ("[Columbia Records|ORG] ... [Columbia|ORG]", [["Columbia Records", "Columbia"]]),
        (
            "[BBC|ORG], the [British Broadcasting Corporation|ORG]",
            [["BBC", "British Broadcasting Corporation"]],
        ),
        ("[University of California|ORG] ([UC|ORG])", [["University of California", "UC"]]),
        ("[United Nations|ORG] ([U.N.|ORG])", [["United Nations", "U.N."]]),
        ("The [Ligii|ORG], also known as [Lygii|ORG], fled.", [["Ligii", "Lygii"]]),
        (
            "[the United Nations|ORG] and [United Nations|ORG]",
            [["the United Nations", "United Nations"]],
        ),
        ("[Zürich|LOC], [ZURICH|LOC]", [["Zürich", "ZURICH"]]),
        ("[USA|LOC], [America|LOC]; [USA|ORG]", [["USA", "America"], ["USA"]]),
        ("[Italian|LOC] food. In [Italian|MISC] it is", [["Italian"], ["Italian"]]),
        ("[Washington|LOC] and [Washington|PER]", [["Washington"], ["Washington"]]),
        ("[New York|LOC] and [Berlin|LOC]", [["New York"], ["Berlin"]]),
        ("[1815|TIME] and [1815|NUM]", [["1815"], ["1815"]]),
        ("[10 May 1815|TIME] and [1815|TIME]", [["10 May 1815"], ["1815"]]),
        ("[10 May 1815|TIME], [May 10, 1815|TIME]", [["10 May 1815", "May 10, 1815"]]),
        ("[the following year|TIME] or [one year|TIME]", [["the following year"], ["one year"]]),
        ("[10 men|NUM] or [10|NUM]", [["10 men"], ["10"]]),
        ("[13 %|NUM], [13%|NUM] or [13|NUM]", [["13 %", "13%"], ["13"]]),
        ("[$5|NUM] or [£5|NUM]; [-5|NUM], [5|NUM]", [["$5"], ["£5"], ["-5"], ["5"]]),
        (
            "[C++|MISC] and [C|MISC] are older than [C#|MISC]. [C++|MISC]",
            [["C++", "C++"], ["C"], ["C#"]],
        ),
        (
            "[Disney+|ORG] belongs to [Disney|ORG], [Google+|ORG] ([Google|ORG])",
            [["Disney+"], ["Disney"], ["Google+"], ["Google"]],
        ),
        ("[U.S.|LOC] and [US|LOC] law", [["U.S.", "US"]]),
        ("[O'Neill|PER], [ONeill|PER], [O’NEILL|PER]", [["O'Neill", "ONeill", "O’NEILL"]]),
        ("[Aspirin|CHEMICAL], [aspirin|CHEMICAL]", [["Aspirin", "aspirin"]]),
    ],
)
def test_mentions_of_one_entity_come_together(marked: str, expected: list[list[str]]) -> None:
    assert names(marked) == expected


def test_of_several_people_of_one_name_the_first_keeps_it_and_they_stay_apart() -> None:
    found = names("[John Smith|PER] met [Mary Smith|PER] once. Then [Smith|PER] left.")
    assert found == [["John Smith", "Smith"], ["Mary Smith"]]


@pytest.mark.parametrize(
    ("place", "people"),
    [
        ("France", "French"), ("Chile", "Chilean"), ("Poland", "Polish"), ("Japan", "Japanese"),
        ("Kuwait", "Kuwaitis"), ("Berlin", "Berliner"), ("Norway", "Norwegian"),
    ],
)  # fmt: skip
def test_what_people_of_a_place_are_called_is_not_the_place(place: str, people: str) -> None:
    """Even where the text puts them as close as it can."""
    for marked in (f"[{people}|LOC] ([{place}|LOC])", f"[{place}|LOC] or [{people}|LOC]."):
        assert len(names(marked)) == 2
    assert len(names(f"[{people}|LOC], [{people}|LOC]")) == 1


def test_a_cluster_has_the_type_of_most_of_its_mentions_and_of_several_the_first() -> None:
    weights = ClusteringWeights(by_type={"mixed": {"same_name": 1.0}}, trained_on=())
    for marked, expected in (
        ("[the Met|LOC], [the Met|ORG], [the Met|ORG]", "ORG"),
        ("[the Met|LOC], [the Met|ORG]", "LOC"),
    ):
        text, mentions, _ = read_annotated(marked)
        (cluster,) = cluster_mentions(text, mentions, weights)
        assert cluster.type == expected


def test_the_letters_of_very_long_names_are_not_compared() -> None:
    """That would take time by the product of their lengths."""
    one, other = (Group("ORG", "x" * 10_000 + end, "", ()) for end in "ab")
    found = of_letters(one, other)
    assert (found["edit"], found["stem"]) == (0.0, True)


def test_a_long_document_of_one_name_over_and_over_is_no_trouble() -> None:
    """Thousands of names that share a word are not compared with each other."""
    text, mentions = "", []
    for n in range(3_000):
        start = len(text)
        text += f"Smith {n:x} "
        mentions.append(Mention(start=start, end=len(text) - 1, type="PER"))
    assert len(possible_pairs(text, group_mentions(text, mentions))) < 3_000


@st.composite
def mentioned(draw: st.DrawFn) -> tuple[str, list[Mention]]:
    words = draw(
        st.lists(
            st.sampled_from(
                [
                    "Ann",
                    "ann",
                    "A.",
                    "AS",
                    "Smith",
                    "of",
                    "the",
                    "—",
                    "(",
                    "or",
                    "\u200b",
                    "محمد",
                    "'*",
                ]
            ),
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
