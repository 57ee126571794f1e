from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.atlop.batching import Budget
from extractor.atlop.encoder import default_encoder, load_tokenizer
from extractor.checkpoint import Checkpoint
from extractor.detection import detect
from extractor.mentions import (
    TAGS,
    TaggedWindow,
    Words,
    decode_mentions,
    split_words,
    tag_labels,
    word_tags,
)
from extractor.schema import ENTITY_TYPES, Mention
from tests.unit.extractor.annotated import read_annotated

TOKENIZER = load_tokenizer(default_encoder())
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.lists(
        st.sampled_from(["Ann", "漢字", "👩‍🚀", "e\u0301", "U.N.", "unbelievably", "*", "\n"]),
        max_size=30,
    ).map(" ".join),
)


def words_of(text: str, *, max_pieces: int = 512) -> Words:
    return split_words(text, tokenizer=TOKENIZER, max_pieces=max_pieces)


@settings(max_examples=100)
@given(TEXTS, st.integers(4, 20))
def test_words_are_ordered_and_each_is_read_in_some_window(text: str, max_pieces: int) -> None:
    words = words_of(text, max_pieces=max_pieces)
    place = 0
    for start, end in words.spans:
        assert place <= start < end <= len(text)
        place = end
    assert {word for window in words.windows for word in window.words} - {-1} == set(
        range(len(words.spans))
    )
    for window in words.windows:
        assert len(window.input_ids) == len(window.words) <= max_pieces


def test_words_are_those_of_the_text() -> None:
    text = "Ann's unbelievableness, 漢字 😀."
    assert [text[start:end] for start, end in words_of(text).spans] == [
        "Ann", "'", "s", "unbelievableness", ",", "漢", "字", "😀", "."
    ]  # fmt: skip


@settings(max_examples=100)
@given(st.data())
def test_tags_of_mentions_of_whole_words_spell_the_same_mentions(data: st.DataObject) -> None:
    words = words_of(data.draw(TEXTS))
    mentions: list[Mention] = []
    first = 0
    while first < len(words.spans):
        last = data.draw(st.integers(first, min(first + 3, len(words.spans) - 1)))
        type_ = data.draw(st.sampled_from((*ENTITY_TYPES, "")))
        if type_:
            start, end = words.spans[first][0], words.spans[last][1]
            mentions.append(Mention(start=start, end=end, type=type_))
        first = last + 1
    assert decode_mentions(words, tag_labels(words, mentions)) == mentions


@settings(max_examples=60)
@given(TEXTS, st.data())
def test_any_tags_spell_mentions_that_do_not_overlap(text: str, data: st.DataObject) -> None:
    words = words_of(text)
    count = len(words.spans)
    tags = data.draw(st.lists(st.integers(0, len(TAGS) - 1), min_size=count, max_size=count))
    mentions = decode_mentions(words, tags)
    place = 0
    for mention in mentions:
        assert mention.start >= place
        place = mention.end
    inside = [
        any(m.start <= start and end <= m.end for m in mentions) for start, end in words.spans
    ]
    assert inside == [tag != 0 for tag in tags]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["B-PER", "I-PER", "O", "O"], [("Ann Lee", "PER")]),
        (["I-PER", "I-PER", "O", "O"], [("Ann Lee", "PER")]),
        (["B-PER", "B-PER", "O", "O"], [("Ann", "PER"), ("Lee", "PER")]),
        (["B-PER", "I-LOC", "O", "B-ORG"], [("Ann", "PER"), ("Lee", "LOC"), ("Bonn", "ORG")]),
        (["O", "O", "O", "O"], []),
    ],
)
def test_an_inside_tag_that_continues_nothing_begins_a_mention(
    tags: list[str], expected: list[tuple[str, str]]
) -> None:
    text = "Ann Lee left Bonn"
    found = decode_mentions(words_of(text), [TAGS.index(tag) for tag in tags])
    assert [(text[m.start : m.end], m.type) for m in found] == expected


def test_of_overlapping_gold_mentions_the_earlier_then_the_longer_counts() -> None:
    text = "New York City Council"
    gold = [
        Mention(start=0, end=8, type="LOC"),
        Mention(start=0, end=13, type="LOC"),
        Mention(start=4, end=21, type="ORG"),
    ]
    words = words_of(text)
    assert [TAGS[tag] for tag in tag_labels(words, gold)] == ["B-LOC", "I-LOC", "I-LOC", "O"]


def test_a_word_is_read_where_it_lies_deepest_in_a_window() -> None:
    windows = (
        TaggedWindow(input_ids=(1, 2, 3, 4, 5), words=(-1, 0, 1, 2, -1)),
        TaggedWindow(input_ids=(1, 2, 3, 4, 5), words=(-1, 1, 2, 3, -1)),
    )
    words = Words(spans=((0, 1), (1, 2), (2, 3), (3, 4)), windows=windows)
    logits = [torch.zeros(5, len(TAGS)) for _ in windows]
    logits[0][:, 1] = 1.0  # the first window says B-PER of everything, the second I-PER
    logits[1][:, 2] = 1.0
    assert word_tags(words, logits) == [1, 1, 2, 2]


def test_detection_gives_the_same_mentions_alone_and_in_any_batch(checkpoint: Checkpoint) -> None:
    text, _, _ = read_annotated("Ada [Lovelace|PER] was born in London and worked with Babbage.")
    texts = [text, "", text * 20, "A short one.", text * 3]
    together = detect(checkpoint.tagger, TOKENIZER, texts, budget=Budget(tokens=300))
    alone = [detect(checkpoint.tagger, TOKENIZER, [t], budget=Budget(tokens=1))[0] for t in texts]
    assert together == alone
    assert together[2]
    assert together[1] == []
