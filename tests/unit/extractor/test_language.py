"""Texts that are surely in another language are told; whatever is in doubt is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.language import FEWEST_LETTERS, known_languages, other_language

ENGLISH = (
    "Ada Lovelace was born in London in 1815 and worked with Charles Babbage, who had studied at "
    "Trinity College in Cambridge. "
)
FOREIGN = {
    "de": "Die Donau ist nach der Wolga der zweitlängste Fluss in Europa und entspringt im "
    "Schwarzwald.",
    "fr": "Marie Curie, née à Varsovie, est une physicienne et chimiste polonaise, naturalisée "
    "française.",
    "ru": "Москва является столицей России и городом федерального значения, она стоит на реке.",
    "ar": "القاهرة هي عاصمة جمهورية مصر العربية وأكبر مدنها من حيث عدد السكان والمساحة كذلك.",
    "zh": "北京是中华人民共和国的首都，位于华北平原。" * 4,
}


@pytest.mark.parametrize("language", FOREIGN)
def test_another_language_is_told(language: str) -> None:
    assert other_language(FOREIGN[language], ["en"]) == language
    assert other_language(FOREIGN[language], ["en", language]) is None


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        ENGLISH.upper(),
        "",
        "1 2 3 " * 100,
        "Universidad Nacional Autónoma de México",
        "Die Donau ist ein Fluss.",
        FOREIGN["fr"] * 20 + ENGLISH * 40,
        ENGLISH * 20 + FOREIGN["de"] * 60,
    ],
    ids=["english", "capitals", "empty", "numbers", "a name", "short", "quotes first", "mixed"],
)
def test_what_is_in_doubt_is_taken_as_spoken(text: str) -> None:
    assert other_language(text, ["en"]) is None


@given(st.text(max_size=FEWEST_LETTERS - 1))
def test_nothing_is_said_of_short_texts(text: str) -> None:
    assert other_language(text, ["en"]) is None


def test_a_language_is_known_by_its_code() -> None:
    assert {"en", *FOREIGN} <= known_languages()
    assert "xx" not in known_languages()
