"""Rows of capitals are read as prose; acronyms among other words stay what they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.text.capitals import as_in_prose


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ABU DHABI , UNITED ARAB EMIRATES", "Abu Dhabi , United Arab Emirates"),
        ("SHU KAMO said", "Shu Kamo said"),
        ("BANK OF ENGLAND raises rates", "Bank of England raises rates"),
        ("MAYOR DIES . The mayor dies", "Mayor Dies . The mayor dies"),
        ("JAMES A . MERWE won", "James A . Merwe won"),
        ("JEAN - LUC PICARD", "Jean - Luc Picard"),
        ("ÉCOLE NORMALE", "École Normale"),
        ("the NATO summit", "the NATO summit"),
        ("judge SCALIA wrote", "judge SCALIA wrote"),
        ("the US GDP rose", "the US GDP rose"),
        ("NATO , UNESCO , OPEC", "NATO , UNESCO , OPEC"),
        ("joined NATO . UNESCO did", "joined NATO . UNESCO did"),
        ("U . S . NATO", "U . S . NATO"),
        ("", ""),
    ],
)
def test_what_is_shouted_is_read_as_prose(text: str, expected: str) -> None:
    assert as_in_prose(text.split()) == expected.split()


@given(
    st.lists(
        st.one_of(st.text(min_size=1), st.sampled_from(["ANN", "LEE", "A", ".", "ẞ", "ŒUVRE"]))
    )
)
def test_letters_stay_the_same(words: list[str]) -> None:
    read = as_in_prose(words)
    assert [word.casefold() for word in read] == [word.casefold() for word in words]
    assert as_in_prose(read) == read
