"""Context weights of one pair -> an HTML page that stands alone (the paper's Figures 1 and 5).

The page asks nothing of the network and runs no script. Everything that comes from a document is
escaped, and every sentence keeps its own writing direction.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise
from unicodedata import category

from flows.pages.templates import render_page

Range = tuple[int, int]
"""A half-open range of code points of the text."""

STRONGEST = 10
"""Words listed below the text, for who cannot hover."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of the text and its share of the pair's context."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WordWeights:
    """The words of a text, in its order."""

    words: tuple[Word, ...]
    hidden_share: float
    """Share of the weight that lies on no word: entity markers and special tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """The head or the tail of the pair."""

    name: str
    mentions: tuple[Range, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asserted:
    """A relation that the model asserts from head to tail."""

    relation: str
    """Its name."""
    margin: float
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Words in a row that lie inside the same mentions."""

    mentions: Sequence[tuple[str, bool]] = ()
    """Role of each, the inner one first, and whether it begins here."""
    words: Sequence[tuple[str, str, float]]
    """What stands before each word, the word, and its weight."""


def word_weights(
    piece_weights: Sequence[float], piece_offsets: Sequence[Range | None], text: str
) -> WordWeights:
    """Return the weight of each word: the sum over its pieces.

    A piece that spans several words is shared out by code points.

    Args:
        piece_weights: (pieces,) a pair's localized context attention a.
        piece_offsets: (pieces,) where each piece stands in the text, in code points; None or
            (-1, -1) for special tokens and entity markers.
        text: the text.

    Raises:
        ValueError: the lengths differ, or a weight is negative or not finite.
    """
    _refuse_weights(piece_weights)
    words = _words(text)
    ends = [end for _, end in words]
    totals = [0.0] * len(words)
    hidden = 0.0
    for weight, offsets in zip(piece_weights, piece_offsets, strict=True):
        held = _held(words, ends, offsets or (-1, -1))
        if not held:
            hidden += weight
        for index, letters in held.items():
            totals[index] += weight * letters / sum(held.values())
    whole = hidden + sum(totals)
    return WordWeights(
        words=tuple(
            Word(start=start, end=end, weight=total)
            for (start, end), total in zip(words, totals, strict=True)
        ),
        hidden_share=hidden / whole if whole else 0.0,
    )


def context_page(
    *,
    title: str,
    text: str,
    sentences: Sequence[Range],
    sentence_shares: Sequence[float],
    weights: WordWeights,
    head: Argument,
    tail: Argument,
    statements: Sequence[Asserted],
    evidence: Iterable[int],
    checkpoint: str,
) -> str:
    """Return the page of one entity pair.

    Args:
        title: the document's.
        text: the document's.
        sentences: their ranges, ascending.
        sentence_shares: (sentences,) the context attention on each, as the model counts it:
            with the entity markers.
        weights: what `word_weights` gives.
        head: the pair's first entity.
        tail: its second.
        statements: what the model asserts from head to tail.
        evidence: indices of the evidence sentences.
        checkpoint: its name; margins mean nothing without.

    Raises:
        ValueError: there is no sentence, shares and sentences differ in number, or a share is
            negative or not finite.
    """
    if not sentences or len(sentences) != len(sentence_shares):
        raise ValueError(f"{len(sentence_shares)} shares for {len(sentences)} sentences")
    _refuse_weights(sentence_shares)
    chosen = frozenset(evidence)
    # What stands between two sentences is shown with the first.
    edges = (0, *(start for start, _ in sentences[1:]), len(text))
    strongest = sorted(weights.words, key=lambda word: -word.weight)[:STRONGEST]
    return render_page(
        "context.html",
        title=title,
        head=head,
        tail=tail,
        statements=statements,
        checkpoint=checkpoint,
        largest=strongest[0].weight if strongest else 0.0,
        hidden_share=weights.hidden_share,
        sentences=[
            (share, number in chosen, list(_groups(weights.words, stretch, text, head, tail)))
            for number, (share, stretch) in enumerate(
                zip(sentence_shares, pairwise(edges), strict=True)
            )
        ],
        strongest=[(text[word.start : word.end], word.weight) for word in strongest if word.weight],
    )


def _refuse_weights(weights: Sequence[float]) -> None:
    bad = [weight for weight in weights if not (math.isfinite(weight) and weight >= 0)]
    if bad:
        raise ValueError(f"a context weight is finite and at least 0, got {bad[0]}")


def _words(text: str) -> list[Range]:
    """Return the runs of letters, marks and digits, and every other character that shows."""
    words: list[Range] = []
    for inside, run in groupby(range(len(text)), key=lambda at: category(text[at])[0] in "LMN"):
        places = list(run)
        if inside:
            words.append((places[0], places[-1] + 1))
        else:
            words += [(at, at + 1) for at in places if category(text[at])[0] in "PS"]
    return words


def _held(words: Sequence[Range], ends: Sequence[int], piece: Range) -> dict[int, int]:
    """Return how many code points of a piece each word holds; none of an empty piece."""
    held = {}
    for index in range(bisect_right(ends, piece[0]), len(words)):
        start, end = max(piece[0], words[index][0]), min(piece[1], words[index][1])
        if start >= end:
            break
        held[index] = end - start
    return held


def _groups(
    words: Iterable[Word], stretch: Range, text: str, head: Argument, tail: Argument
) -> Iterator[_Group]:
    """Yield what stands in a stretch of the text; last what follows its words."""
    at, end = stretch
    begun: set[tuple[str, int]] = set()
    inside = [word for word in words if at <= word.start < end]
    for mentions, run in groupby(inside, key=lambda word: _mentions(word, head, tail)):
        shown = []
        for word in run:
            after = min(word.end, end)  # a sentence may end inside a word
            shown.append((text[at : word.start], text[word.start : after], word.weight))
            at = after
        yield _Group(
            mentions=[(role, (role, start) not in begun) for role, start in mentions], words=shown
        )
        begun.update(mentions)
    yield _Group(words=[(text[at:end], "", 0.0)])


def _mentions(word: Word, head: Argument, tail: Argument) -> list[tuple[str, int]]:
    """Return role and start of the mentions that a word belongs to, the inner one first."""
    found = []
    for role, argument in (("tail", tail), ("head", head)):
        held = (start for start, end in argument.mentions if start < word.end and word.start < end)
        found += [(role, start) for start in islice(held, 1)]
    return found
