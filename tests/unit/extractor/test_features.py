from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerBase

from extractor.encoder import default_encoder, load_tokenizer, window_starts
from extractor.features import MARKER, Features, Window, build_features
from extractor.schema import Mention, Span
from extractor.sentences import split_sentences

TOKENIZER = load_tokenizer(default_encoder())
STAR = TOKENIZER.get_vocab()[MARKER]
WORDS = [
    "Ann",
    "Łódź",
    "e\u0301te\u0301",
    "漢字",
    "👩‍🚀",
    "🇫🇷",
    "*",
    "\u200d",
    "\u00ad",
    "naïve",
    "U.N.",
    "\n",
    "a-b",
    "مرحبا",
]


def features(
    text: str,
    entities: list[list[tuple[int, int]]],
    *,
    max_pieces: int = 512,
    sentences: tuple[Span, ...] = (),
    tokenizer: PreTrainedTokenizerBase = TOKENIZER,
) -> Features:
    mentions = [[Mention(start=s, end=e, type="MISC") for s, e in group] for group in entities]
    return build_features(text, sentences, mentions, tokenizer=tokenizer, max_pieces=max_pieces)


def pieces(text: str) -> list[int]:
    ids: list[int] = TOKENIZER.backend_tokenizer.encode(text, add_special_tokens=False).ids
    return ids


def spell(window: Window) -> str:
    return " ".join(TOKENIZER.convert_ids_to_tokens(list(window.input_ids)))


@st.composite
def mentioned(draw: st.DrawFn, *, longest: int = 30) -> tuple[str, list[list[tuple[int, int]]]]:
    """Return a text with 2 to 6 entities: mentions overlap, nest, repeat, and touch the ends."""
    some = st.one_of(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=longest).map(" ".join),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=longest),
    )
    text = draw(some)
    starts, lengths = st.integers(0, len(text) - 1), st.integers(1, 12)
    span = st.tuples(starts, lengths).map(lambda m: (m[0], min(len(text), m[0] + m[1])))
    whole = st.sampled_from([(0, len(text)), (len(text) - 1, len(text)), (0, 1)])
    entity = st.lists(st.one_of(span, whole), min_size=1, max_size=3)
    return text, draw(st.lists(entity, min_size=2, max_size=6))


@settings(max_examples=100)
@given(mentioned())
def test_every_mention_has_its_own_marker_and_no_piece_of_the_text_is_lost(
    case: tuple[str, list[list[tuple[int, int]]]],
) -> None:
    text, entities = case
    built = features(text, entities)
    (window,) = built.windows
    assert built.unscored_pairs == 0
    assert window.entities == tuple(range(len(entities)))
    assert len(set(window.markers)) == len(window.markers) == sum(map(len, entities))
    assert all(window.input_ids[marker] == STAR for marker in window.markers)
    for entity, group in enumerate(entities):
        assert window.entity_of_marker.count(entity) == len(group)
    stars = [n for n, piece in enumerate(window.input_ids) if piece == STAR]
    assert len(stars) == 2 * len(window.markers) + pieces(text).count(STAR)
    kept = [piece for piece in window.input_ids[1:-1] if piece != STAR]
    assert kept == [piece for piece in pieces(text) if piece != STAR]


@pytest.mark.parametrize(
    ("entities", "expected"),
    [
        ([[(0, 3)], [(9, 13)]], "[CLS] * ann * met * bert * . [SEP]"),
        ([[(0, 14)], [(9, 13)]], "[CLS] * ann met * bert * . * [SEP]"),
        ([[(0, 3)], [(0, 7)], [(9, 13)]], "[CLS] * * ann * met * * bert * . [SEP]"),
        ([[(0, 3), (0, 3)], [(9, 14)]], "[CLS] * * ann * * met * bert . * [SEP]"),
    ],
)
def test_markers_stand_around_their_mentions(
    entities: list[list[tuple[int, int]]], expected: str
) -> None:
    (window,) = features("Ann met  Bert.", entities).windows
    assert spell(window) == expected


def test_a_markers_entity_is_the_one_whose_mention_it_opens() -> None:
    (window,) = features("Ann met  Bert.", [[(9, 13)], [(0, 3)]]).windows
    places = dict(zip(window.entity_of_marker, window.markers, strict=True))
    tokens = TOKENIZER.convert_ids_to_tokens(list(window.input_ids))
    assert tokens[places[0] + 1] == "bert"
    assert tokens[places[1] + 1] == "ann"


def test_a_mention_inside_a_word_marks_the_pieces_that_it_touches() -> None:
    (window,) = features("unbelievable Ann", [[(2, 9)], [(13, 16)]]).windows
    assert spell(window) == "[CLS] * unbelievable * * ann * [SEP]"


def test_a_mention_of_nothing_that_the_tokenizer_keeps_still_has_its_place() -> None:
    (window,) = features("Ann\u200b", [[(0, 3)], [(3, 4)]]).windows
    assert len(window.markers) == 2


def test_the_literal_text_of_a_special_token_stays_ordinary_text() -> None:
    (window,) = features("Ann [SEP] Bert [PAD]", [[(0, 3)], [(10, 14)]]).windows
    assert window.input_ids.count(TOKENIZER.sep_token_id) == 1
    assert TOKENIZER.pad_token_id not in window.input_ids


def test_each_piece_knows_its_sentence() -> None:
    text = "Ann left. Bert stayed. Carl ran."
    (window,) = features(text, [[(0, 3)], [(23, 27)]], sentences=split_sentences(text)).windows
    assert spell(window) == "[CLS] * ann * left . bert stayed . * carl * ran . [SEP]"
    assert window.sentence_of_piece == (-1, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 2, -1)


def test_a_document_with_one_entity_has_nothing_to_score() -> None:
    assert features("Ann met Ann.", [[(0, 3), (8, 11)]]) == Features(windows=(), unscored_pairs=0)
    assert features("Ann met Ann.", []) == Features(windows=(), unscored_pairs=0)


@settings(max_examples=60)
@given(mentioned(longest=60), st.integers(8, 40))
def test_pairs_that_no_window_shows_are_counted_exactly(
    case: tuple[str, list[list[tuple[int, int]]]], max_pieces: int
) -> None:
    text, entities = case
    built = features(text, entities, max_pieces=max_pieces)
    shown = {pair for window in built.windows for pair in permutations(window.entities, 2)}
    assert built.unscored_pairs == len(entities) * (len(entities) - 1) - len(shown)
    for window in built.windows:
        assert len(window.input_ids) <= max_pieces
        assert len(window.sentence_of_piece) == len(window.input_ids)
        assert set(window.entity_of_marker) == set(range(len(window.entities)))
        assert all(window.input_ids[marker] == STAR for marker in window.markers)
        assert 0 not in window.markers
        assert len(window.input_ids) - 1 not in window.markers


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
