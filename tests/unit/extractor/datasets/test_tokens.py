"""Where tokens stand, in a text that is made of them and in one that is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.datasets.tokens import join_tokens, place_tokens, places_of

TOKENS = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=5)
SENTENCES = st.lists(st.lists(TOKENS, min_size=1, max_size=5), min_size=1, max_size=4)


@given(SENTENCES)
def test_the_text_of_joined_tokens_places_them_where_they_are(sentences: list[list[str]]) -> None:
    joined = join_tokens(sentences)
    text, _, token_spans = joined
    starts = [[start for start, _ in row] for row in token_spans]
    assert place_tokens({"sents": sentences, "text": text, "starts": starts}) == joined


@given(SENTENCES, st.integers(1, 3))
def test_a_token_that_is_moved_is_told(sentences: list[list[str]], by: int) -> None:
    text, _, token_spans = join_tokens(sentences)
    starts = [[start for start, _ in row] for row in token_spans]
    starts[-1][-1] += by + len(sentences[-1][-1])
    with pytest.raises(ValueError, match="of the text"):
        place_tokens({"sents": sentences, "text": text, "starts": starts})


def test_a_sentence_that_shows_nothing_has_no_place() -> None:
    assert places_of([["Ada"], [" ", ""], [], ["left"]]) == {0: 0, 3: 1}
