from __future__ import annotations

import pytest
from hypothesis import given, settings

from extractor.atlop.features import STAR, Features, Markers, Window, build_features
from extractor.encoder.encoder import default_encoder
from extractor.errors import CheckpointRejected
from extractor.schema import Mention
from extractor.text.pieces import load_tokenizer
from tests.unit.extractor.atlop.marked_text import MARKERS, TOKENIZER, features, mentioned, spell

STAR_ID = TOKENIZER.get_vocab()[STAR]


def pieces(text: str) -> list[int]:
    ids: list[int] = TOKENIZER.backend_tokenizer.encode(text, add_special_tokens=False).ids
    return ids


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


def test_a_tokenizer_without_the_marker_is_refused() -> None:
    tokenizer = load_tokenizer(default_encoder())
    tokenizer.mask_token = None
    with pytest.raises(CheckpointRejected, match="no mask token"):
        features("Ann met Bert", [[(0, 3)], [(8, 12)]], tokenizer=tokenizer, markers="dedicated")


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
