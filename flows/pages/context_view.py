"""Context weights of one pair -> an HTML page that stands alone (the paper's Figures 1 and 5).

The page asks nothing of the network and runs no script. Everything that comes from a document is
escaped, and every sentence keeps its own writing direction.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from unicodedata import category

from flows.pages.context_template import PAGE, STYLE
from flows.pages.escaping import plain

Range = tuple[int, int]
"""A half-open range of code points of the text."""

STRONGEST = 10
"""Words listed below the text, for who cannot hover."""
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shades of the legend, as fractions of the largest weight."""


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
    largest = max((word.weight for word in weights.words), default=0.0)
    chosen = frozenset(evidence)
    # What stands between two sentences is shown with the first.
    edges = (0, *(start for start, _ in sentences[1:]), len(text))
    rows = []
    for number, (share, stretch) in enumerate(zip(sentence_shares, pairwise(edges), strict=True)):
        inside = [word for word in weights.words if stretch[0] <= word.start < stretch[1]]
        shown = _marked(inside, stretch, text, largest, head, tail)
        rows.append(_sentence(number, share, number in chosen, shown))
    return PAGE.format(
        style=STYLE,
        title=plain(title),
        head=_name(head, "head"),
        tail=_name(tail, "tail"),
        statements=_statements(statements),
        checkpoint=plain(checkpoint),
        legend=_legend(largest),
        hidden=_percent(weights.hidden_share),
        sentences="\n".join(rows),
        strongest=_strongest(weights.words, text),
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


def _marked(
    words: Sequence[Word], stretch: Range, text: str, largest: float, head: Argument, tail: Argument
) -> str:
    """Return a stretch of the text: its words shaded, mentions of head and tail around them."""

    def mentions(word: Word) -> tuple[int | None, int | None]:
        return _mention_of(word, tail), _mention_of(word, head)

    shown, at = "", stretch[0]
    labelled: set[tuple[str, int]] = set()
    for around, run in groupby(words, key=mentions):
        inner = ""
        for word in run:
            gap = plain(text[at : word.start])
            shown, inner = (shown, inner + gap) if inner else (shown + gap, inner)
            at = min(word.end, stretch[1])  # a sentence may end inside a word
            inner += _shaded(word, text[word.start : at], largest)
        for role, mention in zip(("tail", "head"), around, strict=True):
            if mention is not None:
                label = "" if (role, mention) in labelled else f"<sup>{role}</sup>"
                labelled.add((role, mention))
                inner = f'<span class="mention {role}">{inner}{label}</span>'
        shown += inner
    return shown + plain(text[at : stretch[1]])


def _mention_of(word: Word, argument: Argument) -> int | None:
    """Return the start of the mention that a word belongs to."""
    held = (start for start, end in argument.mentions if start < word.end and word.start < end)
    return next(held, None)


def _shaded(word: Word, shown: str, largest: float) -> str:
    shade = word.weight / largest if largest else 0.0
    weight = f'style="--w:{shade:.3f}" title="weight {_percent(word.weight)}"'
    return f'<span class="w" {weight}>{plain(shown)}</span>'


def _sentence(number: int, share: float, is_evidence: bool, words: str) -> str:
    kind, note = ("evidence", "<b>evidence</b>") if is_evidence else ("plain", "")
    return (
        f'<li class="{kind}"><div class="margin"><span>{number}</span> '
        f"<span>{_percent(share)}</span> {note}"
        f'<div class="bar" style="--w:{min(share, 1.0):.3f}"></div></div>'
        f'<p dir="auto">{words}</p></li>'
    )


def _name(argument: Argument, role: str) -> str:
    name = f'<span class="mention {role}"><bdi>{plain(argument.name)}</bdi><sup>{role}</sup></span>'
    return name if argument.mentions else f"{name} (not mentioned)"


def _statements(statements: Sequence[Asserted]) -> str:
    if not statements:
        return "<li>No relation of this pair is over TH.</li>"
    ordered = sorted(statements, key=lambda each: -each.margin)
    return "\n".join(
        f"<li><b><bdi>{plain(each.relation)}</bdi></b>: margin {each.margin:.2f} over TH, "
        f"probability {each.probability:.2f}</li>"
        for each in ordered
    )


def _legend(largest: float) -> str:
    return " ".join(
        f'<span class="w" style="--w:{step:.3f}">{_percent(step * largest)}</span>'
        for step in STEPS
    )


def _strongest(words: Sequence[Word], text: str) -> str:
    ordered = sorted((word for word in words if word.weight > 0), key=lambda word: -word.weight)
    return "\n".join(
        f"<tr><td><bdi>{plain(text[word.start : word.end])}</bdi></td>"
        f"<td>{_percent(word.weight)}</td></tr>"
        for word in ordered[:STRONGEST]
    )


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"
