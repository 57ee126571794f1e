"""Where the tokens of a DocRED record stand in its text, which is made of them or given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractor.schema import Span


def join_tokens(
    sentences: list[list[str]],
) -> tuple[str, tuple[Span, ...], list[list[tuple[int, int]]]]:
    """Return the text, the sentences' spans, and each token's (start, end) by sentence.

    A sentence in which nothing can be seen has no span, and so no place among the others.
    """
    parts: list[str] = []
    spans: list[Span] = []
    token_spans: list[list[tuple[int, int]]] = []
    position = 0
    places = places_of(sentences)
    for number, tokens in enumerate(sentences):
        row: list[tuple[int, int]] = []
        for token in tokens:
            row.append((position, position + len(token)))
            parts.append(token)
            position += len(token) + 1
        token_spans.append(row)
        if number in places:
            spans.append(Span(start=row[0][0], end=row[-1][1]))
    return " ".join(parts), tuple(spans), token_spans


def place_tokens(
    record: Mapping[str, Any],
) -> tuple[str, tuple[Span, ...], list[list[tuple[int, int]]]]:
    """Return what `join_tokens` does, of a record that brings its text.

    Raises:
        ValueError: a token is not where the record says, or not after the one before it.
    """
    text, spans = str(record["text"]), []
    token_spans: list[list[tuple[int, int]]] = []
    places = places_of(record["sents"])
    position = 0
    for number, (tokens, starts) in enumerate(zip(record["sents"], record["starts"], strict=True)):
        row = [(at, at + len(token)) for token, at in zip(tokens, starts, strict=True)]
        for token, (start, end) in zip(tokens, row, strict=True):
            if start < position or text[start:end] != token:
                raise ValueError(f"the token {token!r} is not at {start} of the text")
            position = end
        token_spans.append(row)
        if number in places:
            spans.append(Span(start=row[0][0], end=row[-1][1]))
    return text, tuple(spans), token_spans


def places_of(sentences: list[list[str]]) -> dict[int, int]:
    """Return for each sentence in which anything can be seen its place among those."""
    shown = [number for number, tokens in enumerate(sentences) if any(map(shows, tokens))]
    return {number: place for place, number in enumerate(shown)}


def shows(text: str) -> bool:
    return any(each.isprintable() and each != " " for each in text)
