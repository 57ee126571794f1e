from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extractor.checkpoint import Checkpoint
from extractor.encoder.batching import Budget
from extractor.mentions.detection import detect
from extractor.mentions.tagger import (
    IGNORED,
    LONGEST,
    ScoredSpans,
    decode_mentions,
    merge_windows,
    span_labels,
)
from extractor.schema import ENTITY_TYPES, Mention
from extractor.text.blocks import find_blocks
from extractor.text.words import Words, WordWindow, split_words
from tests.unit.extractor.annotated import read_annotated
from tests.unit.extractor.text.test_words import HOSTILE, TEXTS, TOKENIZER, words_of

pytestmark = pytest.mark.slow

TYPES = len(ENTITY_TYPES)


def scored(words: Words, margins: dict[tuple[int, int], float], type_: str = "PER") -> ScoredSpans:
    """Return scores in which only some spans, by first and last word, are mentions."""
    found = ScoredSpans(
        margins=np.full((len(words.spans), LONGEST), -1.0, dtype=np.float32),
        types=np.full((len(words.spans), LONGEST), ENTITY_TYPES.index(type_), dtype=np.int8),
    )
    for (first, last), margin in margins.items():
        found.margins[first, last - first] = margin
    return found


def logits_of(words: Words, mentions: Sequence[Mention]) -> list[torch.Tensor]:
    """Return logits that are sure of the gold labels."""
    logits = []
    for labels in span_labels(words, mentions):
        scores = torch.full((*labels.shape, TYPES), -5.0)
        for place, length in np.argwhere(labels > 0):
            scores[place, length, labels[place, length] - 1] = 5.0
        scores[torch.from_numpy(labels == IGNORED)] = 9.0  # whatever: it must not be read
        logits.append(scores)
    return logits


@settings(max_examples=100)
@given(st.data())
def test_labels_of_mentions_of_whole_words_spell_the_same_mentions(data: st.DataObject) -> None:
    words = words_of(data.draw(TEXTS), max_pieces=data.draw(st.sampled_from([12, 40, 512])))
    shown = {
        n
        for window in words.windows
        for n in range(window.first_word, window.first_word + len(window.begins))
    }
    mentions: list[Mention] = []
    first = 0
    while first < len(words.spans):
        last = data.draw(st.integers(first, min(first + 2, len(words.spans) - 1)))
        type_ = data.draw(st.sampled_from((*ENTITY_TYPES, "")))
        together = any(
            window.first_word <= first and last < window.first_word + len(window.begins)
            for window in words.windows
        )
        if type_ and together and shown.issuperset(range(first, last + 1)):
            start, end = words.spans[first][0], words.spans[last][1]
            mentions.append(Mention(start=start, end=end, type=type_))
        first = last + 1
    found = merge_windows(words, logits_of(words, mentions))
    assert decode_mentions(words, found) == mentions


def test_a_span_is_labelled_in_every_window_that_shows_it_and_no_other() -> None:
    words = words_of("Ann Lee of Bonn", max_pieces=5)
    gold = [Mention(start=0, end=7, type="PER"), Mention(start=11, end=15, type="LOC")]
    assert [window.first_word for window in words.windows] == [0, 1]
    first, second = span_labels(words, gold)
    per, loc = 1 + ENTITY_TYPES.index("PER"), 1 + ENTITY_TYPES.index("LOC")
    assert first[:, :4].tolist() == [
        [0, per, 0, IGNORED],
        [0, 0, IGNORED, IGNORED],
        [0, IGNORED, IGNORED, IGNORED],
    ]
    assert second[:, :3].tolist() == [
        [0, 0, 0], [0, 0, IGNORED], [loc, IGNORED, IGNORED]
    ]  # fmt: skip


def test_gold_mentions_may_nest_touch_and_be_too_long() -> None:
    text = "New York City Council Bonn " + "a " * LONGEST + "b"
    words = words_of(text)
    gold = [
        Mention(start=0, end=13, type="LOC"),
        Mention(start=0, end=21, type="ORG"),
        Mention(start=22, end=26, type="LOC"),
        Mention(start=27, end=len(text), type="MISC"),
    ]
    (labels,) = span_labels(words, gold)
    found = {
        (int(first), int(length)): ENTITY_TYPES[labels[first, length] - 1]
        for first, length in np.argwhere(labels > 0)
    }
    assert found == {(0, 2): "LOC", (0, 3): "ORG", (4, 0): "LOC"}


@pytest.mark.parametrize(
    ("margins", "expected"),
    [
        ({}, []),
        ({(0, 1): 2.0}, ["Ann Lee"]),
        ({(0, 0): 1.0, (1, 1): 1.0}, ["Ann", "Lee"]),
        ({(0, 1): 1.0, (1, 2): 2.0, (3, 3): 0.1}, ["Lee left", "Bonn"]),
        ({(0, 1): 2.0, (1, 2): 2.0}, ["Ann Lee"]),
        ({(0, 3): 0.0}, []),
        ({(0, 3): 1.0, (0, 1): 2.0, (3, 3): 3.0}, ["Ann Lee", "Ann Lee left Bonn", "Bonn"]),
    ],
)
def test_of_spans_that_cross_the_surest_is_a_mention(
    margins: dict[tuple[int, int], float], expected: list[str]
) -> None:
    text = "Ann Lee left Bonn"
    words = words_of(text)
    found = decode_mentions(words, scored(words, margins))
    assert [text[m.start : m.end] for m in found] == expected


@settings(max_examples=60)
@given(TEXTS, st.data())
def test_any_scores_spell_mentions_in_order_that_do_not_cross(
    text: str, data: st.DataObject
) -> None:
    words = words_of(text)
    count = len(words.spans)
    chance = np.random.default_rng(data.draw(st.integers(0, 999)))
    margins = chance.normal(size=(count, LONGEST)).astype(np.float32)
    margins[np.arange(count)[:, None] + np.arange(LONGEST) >= count] = -np.inf
    types = chance.integers(0, TYPES, size=(count, LONGEST)).astype(np.int8)
    mentions = decode_mentions(words, ScoredSpans(margins=margins, types=types))
    assert mentions == sorted(mentions, key=lambda m: (m.start, m.end))
    for one in mentions:
        for other in mentions:
            assert not one.start < other.start < one.end < other.end
    starts, ends = {start for start, _ in words.spans}, {end for _, end in words.spans}
    assert all(m.start in starts and m.end in ends for m in mentions)


def test_a_span_is_read_in_the_window_in_which_it_lies_deepest() -> None:
    windows = (
        WordWindow(
            input_ids=(1, 2, 3, 4, 5), shapes=(0,) * 5, first_word=0, begins=(1, 2, 3),
            ends=(1, 2, 3),
        ),
        WordWindow(
            input_ids=(1, 2, 3, 4, 5), shapes=(0,) * 5, first_word=1, begins=(1, 2, 3),
            ends=(1, 2, 3),
        ),
    )  # fmt: skip
    words = Words(spans=((0, 1), (1, 2), (2, 3), (3, 4)), windows=windows, pieces=4)
    logits = [torch.zeros(3, LONGEST, TYPES) for _ in windows]
    logits[0][..., 1] = 1.0
    logits[1][..., 2] = 1.0
    found = merge_windows(words, logits)
    assert found.types[:, 0].tolist() == [1, 1, 2, 2]
    assert found.types[:3, 1].tolist() == [1, 1, 2]  # equally deep: the earlier window
    assert np.isneginf(found.margins[0, 3])  # no window shows all four words
    assert np.isneginf(found.margins[3, 1:]).all()  # past the end of the text


def test_detection_gives_the_same_mentions_alone_and_in_any_batch(checkpoint: Checkpoint) -> None:
    text, _, _ = read_annotated("Ada [Lovelace|PER] was born in London and worked with Babbage.")
    texts = [text, "", text * 20, "A short one.", text * 3]
    together = detect(checkpoint.tagger, TOKENIZER, texts, budget=Budget(tokens=300))
    alone = [detect(checkpoint.tagger, TOKENIZER, [t], budget=Budget(tokens=1))[0] for t in texts]
    assert together == alone
    assert together[2]
    assert together[1] == []


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(TEXTS, max_size=3))
@example(texts=[" ".join(HOSTILE), "X" * 10_000, "\u202e" * 2_000, "\x00\r\n"])
def test_mentions_lie_exactly_in_any_text(checkpoint: Checkpoint, texts: list[str]) -> None:
    for text, mentions in zip(texts, detect(checkpoint.tagger, TOKENIZER, texts), strict=True):
        for mention in mentions:
            found = text[mention.start : mention.end]
            assert found
            assert found == found.strip()


def test_a_span_that_crosses_a_block_is_no_mention_however_sure() -> None:
    text = "Ann Lee\n\nBert Moe"
    words = split_words(text, tokenizer=TOKENIZER, max_pieces=512, blocks=find_blocks(text))
    found = decode_mentions(words, scored(words, {(0, 3): 9.0, (1, 2): 5.0, (2, 3): 0.1}))
    assert [text[m.start : m.end] for m in found] == ["Bert Moe"]
    without = words_of(text)
    found = decode_mentions(without, scored(without, {(0, 3): 9.0}))
    assert [text[m.start : m.end] for m in found] == [text]
