"""Folding of names; what it means is tested with those who use it."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.clusters import cluster_mentions
from extractor.linking import link_clusters
from extractor.names import (
    comparable_name,
    fold_name,
    folded_words,
    fullest_first,
    mentioned_name,
    without_article,
)
from extractor.schema import Document, Mention
from graph.model.entities import contribution

APART = (
    ("C", "C++", "C#", "C+"),
    ("Disney", "Disney+"),
    ("Google", "Google+"),
    ("$5", "£5", "5 €", "5", "-5", "5 %", "5 °", "-$5"),
    ("13", "13 %", "13+"),
    ("(+)-pentazocine", "(-)-pentazocine", "pentazocine", "(±)-pentazocine"),
    ("$4-$5", "4.5%", "4.5", "4-5", "4:5", "4/5", "45", "4,5"),
    ("Ca2+", "Ca2"),
)
ONE = (
    ("C++", "c++", "Ｃ＋＋", "C++."),
    ("C#", "C♯"),
    ("13 %", "13%", "13\u00a0%", "１３％"),
    ("$5 million", "$ 5 million", "$5\u00a0Million", "＄5 million"),
    ("-5", "−5", "\u20115", "–5"),
    ("(+)-pentazocine", "(+)\u2010pentazocine", "(+) Pentazocine"),
    ("$4-$5", "$4–$5", "$4 — $5"),
    ("2005-06", "2005–06"),
    ("10,000 men", "10000 men"),
    ("O'Neill", "O’Neill", "ONeill", "OʼNeill"),
    ("L'Oréal", "L’Oreal"),
    ("IL-2", "IL‑2", "IL 2"),
    ("“Ada” Lovelace", '"Ada" Lovelace', "ADA\u00a0LOVELACE", "Ada-Lovelace"),
    ("AT&T", "AT & T"),
    ("#MeToo", "MeToo"),
    ("U.S.", "U. S."),
)
NAMES = st.text(
    st.sampled_from("aCé\u0301\u093f 5013.,:/-–−+#%°$€£()'’½♯ŉ\u200d") | st.characters(),
    max_size=20,
)


@pytest.mark.parametrize("names", APART)
def test_what_symbols_tell_apart_stays_apart(names: tuple[str, ...]) -> None:
    assert len({fold_name(name) for name in names}) == len(names)


@pytest.mark.parametrize("names", ONE)
def test_spellings_of_one_name_fold_to_one(names: tuple[str, ...]) -> None:
    assert len({fold_name(name) for name in names}) == 1


@given(NAMES)
def test_a_folded_name_folds_to_itself_word_by_word(name: str) -> None:
    folded = fold_name(name)
    assert fold_name(folded) == folded
    if folded_words(name):
        assert [fold_name(word) for word in folded.split()] == folded.split()


@given(NAMES, st.sampled_from("‐‑–—−"))
def test_kinds_of_hyphens_case_and_blanks_never_matter(name: str, hyphen: str) -> None:
    plain = "Ada " + name.replace("-", "–")
    assert fold_name(plain.replace("–", hyphen).replace(" ", "\u00a0")) == fold_name(plain)
    assert fold_name(name.casefold()) == fold_name(name)


@given(NAMES)
def test_the_words_of_a_text_are_those_of_its_folded_name(name: str) -> None:
    words = folded_words(name)
    assert not words or " ".join(word for word, _, _ in words) == fold_name(name)
    assert all(fold_name(name[start:end]) == word for word, start, end in words)


def whole(text: str, type_: str = "ORG") -> Mention:
    return Mention(start=0, end=len(text), type=type_)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("Dis-\ntrict Court", "District Court"),
        ("Grut-\r\n  ter", "Grutter"),
        ("Mich\u00adigan", "Michigan"),
        ("Michi\u00ad\ngan", "Michigan"),
        ("Anglo-\nSaxon", "Anglo-Saxon"),
        ("James A.\n  Merwe", "James A. Merwe"),
        ("Jean-Luc Picard", "Jean-Luc Picard"),
        ("1990 -\n1999", "1990 - 1999"),
        ("1990-\n1999", "1990-1999"),
        ("\u00ad", "\u00ad"),
    ],
)
def test_a_name_that_a_line_end_breaks_is_one(written: str, name: str) -> None:
    assert mentioned_name(written, whole(written)) == name


@given(st.text(min_size=1))
def test_a_name_is_on_one_line_and_never_lost(text: str) -> None:
    name = mentioned_name(text, whole(text))
    assert name
    assert not text.strip() or len(name.splitlines()) == 1


def test_a_broken_name_is_the_name_it_is_in_clusters_ids_and_the_graph() -> None:
    text = "The District Court sat. The Dis-\ntrict Court rose."
    first, second = text.index("Dist"), text.index("Dis-")
    mentions = [
        Mention(start=first, end=first + len("District Court"), type="ORG"),
        Mention(start=second, end=second + len("Dis-\ntrict Court"), type="ORG"),
    ]
    document = Document(id="t:1", source="t", title="", text=text, updated_at="")
    (entity,) = link_clusters(document, cluster_mentions(text, mentions), {})
    assert (entity.name, entity.aliases) == ("District Court", ())
    assert contribution(document, entity).names == ("District Court",)


def test_texts_that_are_folded_do_not_stay_in_memory() -> None:
    tracemalloc.start()
    for n in range(20):
        assert fold_name(f"{n} " + "Été " * 5_000).startswith(f"{n} ete")
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 200_000


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (["the United States", "United States", "U.S."], "United States"),
        (["The United States", "United States"], "United States"),
        (["The Hague"], "The Hague"),
        (["the Beatles", "The Beatles"], "Beatles"),
        (["A Tribe Called Quest", "Tribe"], "A Tribe Called Quest"),
        (["Smith", "Ada Smith", "Bob Smith"], "Ada Smith"),
    ],
)
def test_an_entity_is_called_by_its_fullest_name_without_an_article(
    names: list[str], best: str
) -> None:
    assert fullest_first(map(without_article, names))[0] == best


@given(st.lists(st.text("the anABC", min_size=1).filter(str.strip), max_size=6))
def test_the_order_of_names_depends_on_nothing_else(names: list[str]) -> None:
    assert fullest_first(names) == fullest_first(reversed(names))
    assert set(fullest_first(names)) == set(names)


@given(st.text("the anABC", min_size=1).map(str.split).map(" ".join).filter(bool))
def test_without_its_article_a_name_is_compared_as_before(name: str) -> None:
    assert comparable_name(without_article(name)) in (
        comparable_name(name),
        comparable_name(comparable_name(name)),  # 'the a B' has two
    )
