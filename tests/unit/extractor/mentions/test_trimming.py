"""What is left of a detected mention is a name, in whole characters of the text."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from extractor.mentions.trimming import trim_mentions
from extractor.schema import ENTITY_TYPES, Mention


def trimmed(text: str, name: str, type_: str = "PER") -> list[str]:
    """Return what is left of the mention of a name."""
    start = text.index(name)
    mention = Mention(start=start, end=start + len(name), type=type_)
    return [text[found.start : found.end] for found in trim_mentions(text, [mention])]


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("to jane@doe.co.uk.", "uk", []),
        ("see www.example.co.uk/Berlin", "Berlin", []),
        ("Berlin[1] is", "Berlin[1", ["Berlin"]),
        ("by <b>Ann Lee</b>.", "b>Ann Lee", ["Ann Lee"]),
        ("Ann Lee [2] Bonn", "Ann Lee [2] Bonn", []),
        ("Rome\n------", "------", []),
        ("🇫🇷 Emmanuel Macron👍🏿 !", "🇫🇷 Emmanuel Macron👍🏿", ["Emmanuel Macron"]),
        ("👩‍👩‍👧‍👦 Angela Merkel 🇩🇪", "👩‍👩‍👧‍👦 Angela Merkel 🇩🇪", ["Angela Merkel"]),
        ("❤️ Rome", "❤️ Rome", ["Rome"]),
        ("Jose\u0301 left", "Jose", ["Jose\u0301"]),
        ("กรุงเทพ ที่", "กร", ["กรุ"]),
        ("(Ann Lee said", "(Ann Lee", ["Ann Lee"]),
        ("“Ann Lee said", "“Ann Lee", ["Ann Lee"]),
        ("the Apple (company) is", "Apple (company)", ["Apple (company)"]),
        ("the workers' party", "workers'", ["workers"]),
        ("'Abd al-Rahman", "'Abd al-Rahman", ["'Abd al-Rahman"]),
        ("C++ and", "C++", ["C++"]),
        ("Yahoo! is", "Yahoo!", ["Yahoo!"]),
        ("Acme Inc. is", "Acme Inc.", ["Acme Inc."]),
        ("| Marie Curie |", "| Marie Curie |", ["Marie Curie"]),
        ("the 1984 of", "1984", []),
        ("Ana Ríos¹ and Leo", "Ana Ríos¹", ["Ana Ríos"]),
        ("Leo Paz¹² met", "Leo Paz¹²", ["Leo Paz"]),
        ("CO² of", "CO²", ["CO²"]),
    ],
)
def test_a_name_is_cut_to_what_it_is(text: str, name: str, expected: list[str]) -> None:
    assert trimmed(text, name) == expected


@pytest.mark.parametrize("name", ["-5", "$5 million", "13 %", "1984", "٣", "~20", "10-20", "½"])
def test_signs_of_values_mean_something(name: str) -> None:
    assert trimmed(f"about {name} of it", name, "NUM") == [name]


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("on 2017-01-17, a day", "01", "2017-01-17"),
        ("at 20:16:25 -0400", "16:25 -0400", "20:16:25 -0400"),
        ("Python 3.11.7 is", "Python 3.11", "Python 3.11.7"),
        ("of 2000-2008 or", "2008", "2008"),
        ("by fetch_20newsgroups of", "20newsgroups", "fetch_20newsgroups"),
    ],
)
def test_a_part_of_a_value_is_the_value(text: str, part: str, whole: str) -> None:
    assert trimmed(text, part, "TIME") == [whole]


def test_a_value_has_a_digit_or_a_letter() -> None:
    assert trimmed("a %-% b", "%-%", "NUM") == []


def test_mentions_that_are_left_alike_are_one() -> None:
    text = "🇫🇷 Emmanuel Macron👍🏿"
    whole = Mention(start=0, end=len(text), type="MISC")
    inner = Mention(start=3, end=len(text) - 2, type="PER")
    assert [(text[m.start : m.end], m.type) for m in trim_mentions(text, [inner, whole])] == [
        ("Emmanuel Macron", "PER")
    ]


TEXTS = st.lists(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            ["Ann", " ", "\n", "(", ")", '"', "“", "”", "‘", "’", "e\u0301", "ที่", "👩‍🚀", "🇫🇷",
             "👍🏿", "\u200d", "[1]", "www.a.bc", "**", "--", "1", "$", "'", "<b>"]
        ),
    ),
    min_size=1,
    max_size=25,
).map("".join)  # fmt: skip


@given(TEXTS, st.data())
def test_of_any_text_whole_characters_are_left_that_do_not_cross(
    text: str, data: st.DataObject
) -> None:
    mentions = []
    for _ in range(data.draw(st.integers(0, 4))):
        start = data.draw(st.integers(0, len(text) - 1))
        end = data.draw(st.integers(start + 1, len(text)))
        type_ = data.draw(st.sampled_from(ENTITY_TYPES))
        mentions.append(Mention(start=start, end=end, type=type_))
    found = trim_mentions(text, mentions)
    ends = {0, *(match.end() for match in regex.finditer(r"\X", text))}
    for mention in found:
        name = text[mention.start : mention.end]
        assert {mention.start, mention.end} <= ends
        assert name.strip() == name
        assert any(map(str.isalnum, name))
    spans = [(mention.start, mention.end) for mention in found]
    assert len(set(spans)) == len(spans)
    for one in spans:
        for other in spans:
            assert not one[0] < other[0] < one[1] < other[1]
    assert trim_mentions(text, found) == found
