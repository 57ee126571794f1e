from __future__ import annotations

from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerBase

from extractor.atlop.encoder import default_encoder, load_tokenizer, window_starts
from extractor.atlop.features import STAR, Features, Markers, Window, build_features
from extractor.errors import CheckpointRejected
from extractor.schema import Mention, Span
from extractor.sentences import split_sentences
from tests.unit.extractor.tokenizers import TOKENIZERS

TOKENIZER = load_tokenizer(default_encoder())
STAR_ID = TOKENIZER.get_vocab()[STAR]
MARKERS: tuple[Markers, ...] = ("star", "dedicated", "off")
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
    **options: Any,
) -> Features:
    mentions = [[Mention(start=s, end=e, type="MISC") for s, e in group] for group in entities]
    return build_features(
        text, sentences, mentions, tokenizer=tokenizer, max_pieces=max_pieces, **options
    )


def pieces(text: str) -> list[int]:
    ids: list[int] = TOKENIZER.backend_tokenizer.encode(text, add_special_tokens=False).ids
    return ids


def spell(window: Window, tokenizer: PreTrainedTokenizerBase = TOKENIZER) -> str:
    return " ".join(tokenizer.convert_ids_to_tokens(list(window.input_ids)))


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


@pytest.mark.parametrize("markers", ["star", "dedicated"])
@settings(max_examples=100)
@given(case=mentioned())
def test_every_mention_has_its_own_markers_and_no_piece_of_the_text_is_lost(
    markers: Markers, case: tuple[str, list[list[tuple[int, int]]]]
) -> None:
    text, entities = case
    built = features(text, entities, markers=markers)
    (window,) = built.windows
    own = STAR_ID if markers == "star" else TOKENIZER.mask_token_id
    mentions = sum(map(len, entities))
    assert built.unscored_pairs == 0
    assert window.entities == tuple(range(len(entities)))
    places = (*window.markers, *window.closings)
    assert len(set(places)) == len(places) == 2 * mentions
    assert all(window.input_ids[place] == own for place in places)
    assert all(o < c for o, c in zip(window.markers, window.closings, strict=True))
    for entity, group in enumerate(entities):
        assert window.entity_of_marker.count(entity) == len(group)
    inside = range(window.content_start, window.content_end)
    kept = [window.input_ids[place] for place in inside if place not in places]
    assert kept == pieces(text)
    spans = [window.piece_spans[place] for place in inside if place not in places]
    encoding = TOKENIZER.backend_tokenizer.encode(text, add_special_tokens=False)
    assert spans == list(encoding.offsets)
    assert all(window.piece_spans[place] == (0, 0) for place in places)


@settings(max_examples=100)
@given(case=mentioned())
def test_without_markers_a_mention_is_read_at_its_first_piece(
    case: tuple[str, list[list[tuple[int, int]]]],
) -> None:
    text, entities = case
    built = features(text, entities, markers="off")
    if not pieces(text):
        assert built.windows == ()
        assert built.unscored_pairs == len(entities) * (len(entities) - 1)
        return
    (window,) = built.windows
    assert list(window.input_ids[1:-1]) == pieces(text)
    spans = window.piece_spans[1:-1]
    expected = []
    for entity, group in enumerate(entities):
        for start, end in group:
            after = [n for n, span in enumerate(spans) if span[1] > start]
            first = after[0] if after else len(spans) - 1
            last = max([first, *(n for n, span in enumerate(spans) if span[0] < end)])
            expected.append((first + 1, last + 1, entity))
    got = zip(window.markers, window.closings, window.entity_of_marker, strict=True)
    assert sorted(got) == sorted(expected)


@pytest.mark.parametrize(
    ("entities", "expected"),
    [
        ([[(0, 3)], [(9, 13)]], "[CLS] * ann * met * bert * . [SEP]"),
        ([[(0, 14)], [(9, 13)]], "[CLS] * ann met * bert * . * [SEP]"),
        ([[(0, 3)], [(0, 7)], [(9, 13)]], "[CLS] * * ann * met * * bert * . [SEP]"),
        ([[(0, 3), (0, 3)], [(9, 14)]], "[CLS] * * ann * * met * bert . * [SEP]"),
        ([[(0, 3)], [(4, 7)]], "[CLS] * ann * * met * bert . [SEP]"),
    ],
)
def test_markers_stand_around_their_mentions(
    entities: list[list[tuple[int, int]]], expected: str
) -> None:
    (window,) = features("Ann met  Bert.", entities).windows
    assert spell(window) == expected
    (window,) = features("Ann met  Bert.", entities, markers="dedicated").windows
    assert spell(window) == expected.replace("*", "[MASK]")


@pytest.mark.parametrize("markers", MARKERS)
def test_a_markers_entity_and_type_are_those_of_the_mention_that_it_opens(
    markers: Markers,
) -> None:
    mentions = [
        [Mention(start=9, end=13, type="PER"), Mention(start=0, end=3, type="LOC")],
        [Mention(start=14, end=17, type="ORG"), Mention(start=4, end=7, type="ORG")],
    ]
    (window,) = build_features(
        "Ann met  Bert Con", (), mentions, tokenizer=TOKENIZER, max_pieces=512, markers=markers
    ).windows
    after = 0 if markers == "off" else 1
    tokens = TOKENIZER.convert_ids_to_tokens(list(window.input_ids))
    assert [tokens[place + after] for place in window.markers] == ["ann", "met", "bert", "con"]
    assert [tokens[place - after] for place in window.closings] == ["ann", "met", "bert", "con"]
    assert window.entity_of_marker == (0, 1, 0, 1)
    assert window.types_of_markers == ("LOC", "ORG", "PER", "ORG")
    assert window.types == ("PER", "ORG")  # of two that are as frequent, the first


def test_nested_mentions_that_start_together_have_their_own_markers() -> None:
    (window,) = features("New York City", [[(0, 13)], [(0, 8)]]).windows
    assert spell(window) == "[CLS] * * new york * city * [SEP]"
    assert dict(zip(window.entity_of_marker, window.markers, strict=True)) == {0: 1, 1: 2}
    assert dict(zip(window.entity_of_marker, window.closings, strict=True)) == {0: 7, 1: 5}


def test_without_markers_mentions_that_start_together_are_read_together() -> None:
    (window,) = features("New York City", [[(0, 13)], [(0, 8)]], markers="off").windows
    assert window.markers == (1, 1)
    assert window.closings == (3, 2)


def test_a_mention_inside_a_word_marks_the_pieces_that_it_touches() -> None:
    (window,) = features("unbelievable Ann", [[(2, 9)], [(13, 16)]]).windows
    assert spell(window) == "[CLS] * unbelievable * * ann * [SEP]"


@pytest.mark.parametrize(("markers", "last"), [("star", 4), ("dedicated", 4), ("off", 1)])
def test_a_mention_of_nothing_that_the_tokenizer_keeps_still_has_its_place(
    markers: Markers, last: int
) -> None:
    (window,) = features("Ann\u200b", [[(0, 3)], [(3, 4)]], markers=markers).windows
    assert window.markers == (1, last)
    (window,) = features("Ann  ", [[(0, 3)], [(3, 5)]], markers=markers).windows
    assert window.markers == (1, last)


def test_a_text_of_blanks_has_markers_or_nothing_to_read() -> None:
    blanks: list[list[tuple[int, int]]] = [[(0, 1)], [(1, 2)]]
    assert spell(features("   ", blanks).windows[0]) == "[CLS] * * * * [SEP]"
    assert features("   ", blanks, markers="off") == Features(windows=(), unscored_pairs=2)


def test_the_literal_text_of_a_special_token_stays_ordinary_text() -> None:
    text = "Ann [SEP] met [PAD] Bert"
    (window,) = features(text, [[(0, 3)], [(20, 24)]]).windows
    assert window.input_ids.count(TOKENIZER.sep_token_id) == 1
    assert TOKENIZER.pad_token_id not in window.input_ids


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


def test_a_tokenizer_without_the_marker_is_refused() -> None:
    tokenizer = load_tokenizer(default_encoder())
    tokenizer.mask_token = None
    with pytest.raises(CheckpointRejected, match="no mask token"):
        features("Ann met Bert", [[(0, 3)], [(8, 12)]], tokenizer=tokenizer, markers="dedicated")


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


def test_the_order_of_entities_with_one_span_does_not_move_their_markers() -> None:
    text = "The Friendship Monument in Phnom Penh is a monument."
    statue, alliance, city = [(4, 23), (41, 51)], [(4, 23)], [(27, 37)]
    (one,) = features(text, [statue, alliance, city]).windows
    (other,) = features(text, [city, alliance, statue]).windows
    assert one.input_ids == other.input_ids
    places = {entity: sorted(where_read(one, entity)) for entity in range(3)}
    assert places == {entity: sorted(where_read(other, 2 - entity)) for entity in range(3)}


def where_read(window: Window, entity: int) -> list[int]:
    owners = zip(window.markers, window.entity_of_marker, strict=True)
    return [place for place, owner in owners if window.entities[owner] == entity]


def test_of_nested_mentions_what_opens_last_closes_first() -> None:
    (window,) = features("a New York City Council", [[(2, 23)], [(11, 23)]]).windows
    assert spell(window) == "[CLS] a * new york * city council * * [SEP]"
    assert window.closings == (9, 8)
