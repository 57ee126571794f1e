"""Abbreviations are found where a document defines them, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.linking.abbreviations import defined_abbreviations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He had acute renal failure (ARF).", {"ARF": "acute renal failure"}),
        ("After acute renal failure ( ARF ) he", {"ARF": "acute renal failure"}),
        ("The World Health Organization [WHO] met.", {"WHO": "World Health Organization"}),
        ("He left the town (London).", {}),
        ("She was ill (40 %).", {}),
        ("It rose (ARF).", {}),
        ("(ARF)", {}),
        ("heart failure (HF) or hip fracture (HF)", {"HF": "heart failure"}),
    ],
)
def test_definitions(text: str, expected: dict[str, str]) -> None:
    assert defined_abbreviations(text) == expected


@given(st.text(alphabet="ab A([)] .-", max_size=80))
def test_what_is_found_stands_in_the_text(text: str) -> None:
    for short, long in defined_abbreviations(text).items():
        assert short in text
        assert long in text
        assert len(long) > len(short)
