"""Which words of the evidence are highlighted."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flows.pages.edge_text import HEAD_STYLE, TAIL_STYLE, highlight, on_pages
from tests.unit.flows.reports.samples import evidence


def styled(text: str, head: Sequence[str], tail: Sequence[str]) -> list[tuple[str, str]]:
    shown = highlight(text, head=head, tail=tail)
    return [(text[span.start : span.end], str(span.style)) for span in shown.spans]


@pytest.mark.parametrize(
    ("numbers", "told"),
    [((), ""), ((3,), ", page 3"), ((3, 4), ", pages 3 and 4"), ((1, 2, 9), ", pages 1, 2 and 9")],
)
def test_evidence_says_on_which_pages_it_stands(numbers: tuple[int, ...], told: str) -> None:
    assert on_pages(evidence(pages=numbers)) == told


def test_both_mentions_are_highlighted_wherever_they_stand() -> None:
    assert styled("Ada met Bob. Ada left.", ["Ada"], ["Bob"]) == [
        ("Ada", HEAD_STYLE),
        ("Ada", HEAD_STYLE),
        ("Bob", TAIL_STYLE),
    ]


def test_a_name_inside_a_word_is_no_mention() -> None:
    assert styled("Adam met Bob.", ["Ada"], ["Bob"]) == [("Bob", TAIL_STYLE)]


def test_the_longer_of_two_overlapping_names_shows() -> None:
    assert styled("Bank of England", ["England"], ["Bank of England"])[-1] == (
        "Bank of England",
        TAIL_STYLE,
    )


def test_names_are_no_patterns() -> None:
    assert styled("C++ (1985) and [x]", ["C++"], ["[x]"]) == [
        ("C++", HEAD_STYLE),
        ("[x]", TAIL_STYLE),
    ]
