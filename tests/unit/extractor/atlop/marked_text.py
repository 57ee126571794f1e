"""Texts with mentions anywhere, and how to read what a window holds."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from transformers import PreTrainedTokenizerBase

from extractor.atlop.features import Features, Markers, Window, build_features
from extractor.encoder.encoder import default_encoder
from extractor.schema import Mention, Span
from extractor.text.pieces import load_tokenizer

TOKENIZER = load_tokenizer(default_encoder())
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
