from __future__ import annotations

from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.atlop.features import Features, Markers, build_features
from extractor.schema import Mention
from extractor.text.pieces import window_starts
from extractor.text.sentences import split_sentences
from tests.unit.extractor.atlop.marked_text import MARKERS, TOKENIZER, features, mentioned, spell
from tests.unit.extractor.tokenizers import TOKENIZERS


@pytest.mark.parametrize("markers", MARKERS)
@pytest.mark.parametrize("family", TOKENIZERS)
def test_a_window_has_the_special_tokens_of_its_tokenizer(family: str, markers: Markers) -> None:
    tokenizer = TOKENIZERS[family]()
    text = "Angela was born in Hamburg"
    built = features(text, [[(0, 6)], [(19, 26)]], tokenizer=tokenizer, markers=markers)
    (window,) = built.windows
    begin, end = ("<s>", "</s>") if family in ("roberta", "mpnet") else ("[CLS]", "[SEP]")
    words = spell(window, tokenizer).split()
    assert (words[0], words[-1]) == (begin, end)
    assert (window.content_start, window.content_end) == (1, len(words) - 1)
    assert window.sentence_of_piece[0] == window.sentence_of_piece[-1] == -1
    own = {"star": "*", "dedicated": tokenizer.mask_token, "off": words[window.markers[0]]}[markers]
    assert words[window.markers[0]] == own
    spelled = [text[start:end] for start, end in window.piece_spans if end]
    assert "".join(spelled).replace(" ", "") == text.replace(" ", "")
    plain = tokenizer(text, return_token_type_ids=False)["input_ids"]
    places = () if markers == "off" else (*window.markers, *window.closings)
    assert [x for n, x in enumerate(window.input_ids) if n not in places] == plain


def test_each_piece_knows_its_sentence() -> None:
    text = "Ann left. Bert stayed. Carl ran."
    (window,) = features(text, [[(0, 3)], [(23, 27)]], sentences=split_sentences(text)).windows
    assert spell(window) == "[CLS] * ann * left . bert stayed . * carl * ran . [SEP]"
    assert window.sentence_of_piece == (-1, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, -1)
    assert (window.first_sentence, window.sentences) == (0, 3)
    without = features(text, [[(0, 3)], [(23, 27)]]).windows[0]
    assert set(without.sentence_of_piece) == {-1}
    assert (without.first_sentence, without.sentences) == (0, 1)


def test_a_window_counts_its_sentences_from_its_first() -> None:
    text = "Nothing happened here. " * 30 + "Carl met Dora. They left."
    far = text.index("Carl")
    built = features(
        text,
        [[(far, far + 4)], [(far + 9, far + 13)]],
        sentences=split_sentences(text),
        max_pieces=32,
    )
    (window,) = built.windows
    known = [place for place in window.sentence_of_piece if place >= 0]
    assert window.first_sentence == min(known) > 0
    assert window.first_sentence + window.sentences - 1 == max(known) == 31


def test_a_document_with_one_entity_has_nothing_to_score() -> None:
    assert features("Ann met Ann.", [[(0, 3), (8, 11)]]) == Features(windows=(), unscored_pairs=0)
    assert features("Ann met Ann.", []) == Features(windows=(), unscored_pairs=0)


def typed(candidate: Any, *, max_pieces: int = 512, text: str = "Ann Bonn Con Dee") -> Features:
    """Return a person, two places and an organization, each one word."""
    names = [("PER", "Ann"), ("LOC", "Bonn"), ("LOC", "Con"), ("ORG", "Dee")]
    mentions = [
        [Mention(start=text.index(name), end=text.index(name) + len(name), type=type_)]
        for type_, name in names
    ]
    return build_features(
        text, (), mentions, tokenizer=TOKENIZER, max_pieces=max_pieces, candidate=candidate
    )


def test_only_pairs_that_are_candidates_in_one_direction_are_scored() -> None:
    built = typed(lambda head, tail: (head, tail) in {("LOC", "PER"), ("LOC", "LOC")})
    (window,) = built.windows
    assert window.entities == (0, 1, 2, 3)  # all stay marked: the model was trained so
    assert window.pairs == ((0, 1), (0, 2), (1, 2))
    assert built.unscored_pairs == 0
    assert typed(lambda head, tail: False) == Features(windows=(), unscored_pairs=0)


def test_only_candidates_count_as_unscored() -> None:
    text = "Ann Bonn " + "x " * 60 + "Con Dee"
    built = typed(lambda head, tail: (head, tail) == ("PER", "LOC"), max_pieces=32, text=text)
    assert [window.entities for window in built.windows] == [(0, 1)]
    assert built.unscored_pairs == 1
    both = typed(lambda head, tail: {head, tail} == {"PER", "LOC"}, max_pieces=32, text=text)
    assert both.unscored_pairs == 2


def test_candidates_cost_by_their_types_and_not_by_their_number() -> None:
    text = "Ann Bonn " + "x " * 600
    asked = []

    def candidate(head: str, tail: str) -> bool:
        asked.append((head, tail))
        return head == "PER"

    mentions = [
        [Mention(start=place, end=place + 1, type=("PER", "LOC")[place // 2 % 2])]
        for place in range(10, 410, 2)
    ]
    built = build_features(
        text, (), mentions, tokenizer=TOKENIZER, max_pieces=32, candidate=candidate
    )
    assert len(asked) == 8
    together = {
        (window.entities[one], window.entities[other])
        for window in built.windows
        for one, other in window.pairs
    }
    types = [group[0].type for group in mentions]
    scored = sum((types[one] == "PER") + (types[other] == "PER") for one, other in together)
    assert built.unscored_pairs == 100 * 199 - scored


@pytest.mark.parametrize("markers", MARKERS)
@settings(max_examples=60)
@given(case=mentioned(longest=60), max_pieces=st.integers(8, 40))
def test_pairs_that_no_window_shows_are_counted_exactly(
    markers: Markers, case: tuple[str, list[list[tuple[int, int]]]], max_pieces: int
) -> None:
    text, entities = case
    built = features(text, entities, max_pieces=max_pieces, markers=markers)
    shown = {
        (window.entities[one], window.entities[other])
        for window in built.windows
        for pair in window.pairs
        for one, other in permutations(pair)
    }
    assert built.unscored_pairs == len(entities) * (len(entities) - 1) - len(shown)
    for window in built.windows:
        length = len(window.input_ids)
        assert length <= max_pieces
        assert len(window.sentence_of_piece) == len(window.piece_spans) == length
        assert set(window.entity_of_marker) == set(range(len(window.entities)))
        assert len(window.types) == len(window.entities)
        assert len(window.markers) == len(window.closings) == len(window.types_of_markers)
        assert list(window.markers) == sorted(window.markers)
        for opened, closed in zip(window.markers, window.closings, strict=True):
            assert window.content_start <= opened <= closed < window.content_end
        assert list(window.pairs) == sorted({(min(pair), max(pair)) for pair in window.pairs})


@given(st.integers(0, 400), st.integers(2, 60))
def test_windows_cover_every_piece_and_overlap_by_half(length: int, size: int) -> None:
    starts = window_starts(length, size)
    covered = {place for start in starts for place in range(start, min(length, start + size))}
    assert covered == set(range(length))
    assert starts == sorted(set(starts))
    assert all(start + size <= length for start in starts) or starts == [0]
    assert all(after - before <= size // 2 for before, after in pairwise(starts))


def test_a_long_document_shows_near_pairs_and_counts_far_ones() -> None:
    text = "Ann met Bert. " + "Nothing happened here. " * 60 + "Carl met Dora."
    far = len(text) - len("Carl met Dora.")
    entities = [[(0, 3)], [(8, 12)], [(far, far + 4)], [(far + 9, far + 13)]]
    built = features(text, entities, max_pieces=64)
    assert [window.entities for window in built.windows] == [(0, 1), (2, 3)]
    assert built.unscored_pairs == 12 - 4


def test_a_mention_that_a_window_cuts_is_not_seen_there() -> None:
    text = "Ann and Bert " + "x " * 40
    built = features(text, [[(0, 3)], [(8, 12)], [(0, len(text) - 1)]], max_pieces=20)
    assert [window.entities for window in built.windows] == [(0, 1)]
    assert built.unscored_pairs == 4
