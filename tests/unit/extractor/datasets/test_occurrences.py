from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.datasets.occurrences import find_names
from extractor.names import fold_name


def found(text: str, *names: str) -> dict[str, list[str]]:
    return {
        name: [text[span.start : span.end] for span in spans]
        for name, spans in find_names(text, names).items()
    }


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("Ada met ADA.", ["ada"], {"ada": ["Ada", "ADA"]}),
        ("In Zu\u0308rich, in Zürich", ["Zurich"], {"zurich": ["Zu\u0308rich", "Zürich"]}),
        ("Radar and Ada", ["Ada"], {"ada": ["Ada"]}),
        ("New York City, New York", ["New York", "New York City"], {
            "new york city": ["New York City"],
            "new york": ["New York"],
        }),
        ("the IL-2 gene; IL 2", ["IL-2"], {"il 2": ["IL-2", "IL 2"]}),
        ("Straße", ["STRASSE"], {"strasse": ["Straße"]}),
        ("Lumen\nWorks", ["Lumen Works"], {"lumen works": ["Lumen\nWorks"]}),
        ("C++, C and C#", ["C++", "C"], {"c++": ["C++"], "c": ["C"]}),
        ("5 % of $ 5", ["5%", "$5"], {"5%": ["5 %"], "$5": ["$ 5"]}),
        ("東京 東京", ["東京"], {"東京": ["東京", "東京"]}),
        ("— and …", ["—"], {}),
        ("", ["Ada"], {}),
        ("Ada", [], {}),
        ("Ada", [""], {}),
    ],
)  # fmt: skip
def test_a_name_is_found_as_whole_words(
    text: str, names: list[str], expected: dict[str, list[str]]
) -> None:
    assert found(text, *names) == expected


TEXTS = st.text(st.sampled_from("aAé\u0301 .-ßx½Σ\u0915\u093f+#5%$('"), max_size=30)


@given(TEXTS, st.lists(TEXTS, max_size=3))
def test_what_is_found_is_the_name_and_never_overlaps(text: str, names: list[str]) -> None:
    spans = sorted(
        (span.start, span.end, name)
        for name, places in find_names(text, names).items()
        for span in places
    )
    for start, end, name in spans:
        assert f" {name} " in f" {fold_name(text[start:end])} "
    for (_, end, _), (start, _, _) in pairwise(spans):
        assert end <= start + 1  # one character may hold the end of one word and the next: '½'


@given(TEXTS)
def test_every_word_of_a_text_is_found_in_it(text: str) -> None:
    words = fold_name(text).split()
    if any(any(letter.isalnum() for letter in word) for word in words):
        places = find_names(text, words)
        assert set(places) == set(words)
        assert sum(len(spans) for spans in places.values()) == len(words)
