"""Words lie exactly where the text has them, whatever its Unicode, and windows show all of them."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from extractor.encoder.encoder import default_encoder
from extractor.text.blocks import block_around, find_blocks
from extractor.text.capitals import as_in_prose
from extractor.text.pieces import load_tokenizer
from extractor.text.words import SHAPES, Words, shape_of, split_words

TOKENIZER = load_tokenizer(default_encoder())
HOSTILE = [
    "Ann",
    "O'Neil",
    "漢字",
    "👩‍🚀",
    "e\u0301te\u0301",
    "U.N.",
    "unbelievably",
    "*",
    "\n",
    "\r\n",
    "\x00",
    "zero\u200bwidth",
    "\u200d\u2060\ufeff",
    "\u202eright to left\u202c",
    "نجيب محفوظ",
    "שָׁלוֹם",
    "ﬁnance",
    "İstanbul",
    "ẞ",
    '"; DROP TABLE',
    ".*[a-z]+",
    "NEAR(a b)",
    "X" * 10_000,
    "\u0301" * 50,
]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
    st.lists(st.sampled_from(HOSTILE), max_size=30).map(" ".join),
    st.lists(st.sampled_from(HOSTILE), max_size=30).map("".join),
)


def words_of(text: str, *, max_pieces: int = 512) -> Words:
    return split_words(text, tokenizer=TOKENIZER, max_pieces=max_pieces)


@settings(max_examples=100)
@given(TEXTS, st.integers(4, 20))
@example(" ".join(HOSTILE), 512)
def test_words_are_ordered_and_windows_show_every_word_that_fits(
    text: str, max_pieces: int
) -> None:
    words = words_of(text, max_pieces=max_pieces)
    place = 0
    for start, end in words.spans:
        assert place <= start < end <= len(text)
        place = end
    pieces = [len(TOKENIZER.tokenize(text[start:end])) for start, end in words.spans]
    shown = set()
    for window in words.windows:
        assert len(window.input_ids) == len(window.shapes) <= max_pieces
        assert len(window.begins) == len(window.ends)
        shown |= set(range(window.first_word, window.first_word + len(window.begins)))
    # Windows overlap by half.
    fitting = {n for n, count in enumerate(pieces) if count <= (max_pieces - 2) // 2}
    assert fitting <= shown <= set(range(len(words.spans)))


@settings(max_examples=100)
@given(TEXTS)
@example(" ".join(HOSTILE))
def test_a_word_cut_out_of_the_text_reads_as_it_does_inside(text: str) -> None:
    words = words_of(text)
    prose = as_in_prose([text[start:end] for start, end in words.spans])
    for window in words.windows:
        inside = slice(window.first_word, window.first_word + len(window.begins))
        for (start, end), read, first, last in zip(
            words.spans[inside], prose[inside], window.begins, window.ends, strict=True
        ):
            alone = TOKENIZER.backend_tokenizer.encode(text[start:end], add_special_tokens=False)
            assert tuple(alone.ids) == window.input_ids[first : last + 1]
            assert set(window.shapes[first : last + 1]) == {shape_of(read)}


def test_words_are_those_of_the_text() -> None:
    text = "Ann's unbelievableness, 漢字 😀."
    assert [text[start:end] for start, end in words_of(text).spans] == [
        "Ann", "'", "s", "unbelievableness", ",", "漢", "字", "😀", "."
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("river", "lower"),
        ("river's", "lower"),
        ("Ada", "capitalized"),
        ("A", "capital"),
        ("NATO", "capitals"),
        ("McDonald", "mixed"),
        ("iPhone", "mixed"),
        ("7", "one digit"),
        ("12", "two digits"),
        ("150", "three digits"),
        ("1815", "four digits"),
        ("٣٤٥٦٧٨", "more digits"),
        ("19th", "letters and digits"),
        ("漢", "uncased"),
        ("نجيب", "uncased"),
        (",", "punctuation"),
        ("😀", "punctuation"),
        ("½", "punctuation"),
    ],
)
def test_a_word_has_the_shape_that_the_vocabulary_does_not_tell(word: str, shape: str) -> None:
    assert SHAPES[shape_of(word)] == shape


def test_shapes_are_those_of_whole_words_and_none_of_special_tokens() -> None:
    (window,) = words_of("Unbelievableness in 1815").windows
    assert {SHAPES[shape] for shape in window.shapes[1:-3]} == {"capitalized"}
    assert [SHAPES[shape] for shape in window.shapes[-3:]] == ["lower", "four digits", "none"]


def test_a_long_text_is_cut_in_time_that_grows_with_it() -> None:
    words = words_of("Ann met Bob. " * 5_000)
    assert len(words.spans) == 20_000
    assert words.windows[-1].first_word + len(words.windows[-1].begins) == 20_000


def words_of_blocks(text: str) -> Words:
    return split_words(text, tokenizer=TOKENIZER, max_pieces=512, blocks=find_blocks(text))


def spelled(text: str) -> str:
    (window,) = words_of_blocks(text).windows
    return " ".join(TOKENIZER.convert_ids_to_tokens(list(window.input_ids))[1:-1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann left. He stayed.", "ann left . he stayed ."),
        ("Board\n\nAnn\n\nBert left.\n\nCarl", "board . ann . bert left . carl"),
        ("| Name | Born |\n|---|---|\n| Ann | Bonn |", "name , born . ann , bonn"),
        ("- Ann\n- Bert:\n- Carl", "ann . bert : carl"),
        ("---\ntitle: x\n---\n\nAnn\n\n```\nrun()\n```\n\nPage 3 of 12", "ann"),
        ("> Ann said\n> yes", "ann said yes"),
        ("12", ""),
    ],
)
def test_edges_of_blocks_are_read_as_stops_and_furniture_is_not_read(
    text: str, expected: str
) -> None:
    assert spelled(text) == expected


def test_words_of_two_blocks_are_in_two_stretches() -> None:
    words = words_of_blocks("Ann Lee\n\nBert\n\n> Carl\n> Dorn\n\nPage 3")
    assert len(words.spans) == len(words.stretches) == 5
    assert words.stretches == (1, 1, 2, 3, 4)
    assert words_of_blocks("Ann Lee left.").stretches == ()


@given(TEXTS)
def test_words_of_blocks_are_words_of_the_text(text: str) -> None:
    words = words_of_blocks(text)
    assert set(words.spans) <= set(words_of(text).spans)
    if words.stretches:
        blocks = find_blocks(text)
        held = [block_around(*span, blocks) for span in words.spans]
        assert all(index >= 0 for index in held)
        assert all(
            ours == theirs
            for place, ours in zip(words.stretches, held, strict=True)
            for other, theirs in zip(words.stretches, held, strict=True)
            if place == other
        )
