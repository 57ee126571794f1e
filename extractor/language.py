"""Which language a text is in, where that matters: the model reads some of them only."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

STRETCH = 1000
"""Characters of a long text that are looked at, at its beginning, middle and end."""
FEWEST_LETTERS = 60
"""A shorter stretch tells nothing: names and titles look like any language."""
SURE = 0.02
"""Probability of all the languages asked for, together, below which a stretch is in another."""


def other_language(text: str, languages: Collection[str]) -> str | None:
    """Return the language of a text that is surely in none of those asked for, else None.

    Every stretch that tells anything must be in another language: a quotation makes no text
    foreign, and what is short, a list of names, or mixed is given the benefit of the doubt.

    Args:
        text: any.
        languages: ISO 639-1 codes.
    """
    found = None
    for stretch in _stretches(text):
        if sum(character.isalpha() for character in stretch) < FEWEST_LETTERS:
            continue
        ranked = dict(_identifier().rank(stretch))
        if sum(ranked.get(language, 0.0) for language in languages) >= SURE:
            return None
        found = found or next(iter(ranked))
    return found


def known_languages() -> frozenset[str]:
    """Return the codes of the languages that can be told apart."""
    return frozenset(_identifier().labels)


def _stretches(text: str) -> list[str]:
    if len(text) <= 3 * STRETCH:
        return [text]
    middle = (len(text) - STRETCH) // 2
    return [text[:STRETCH], text[middle : middle + STRETCH], text[-STRETCH:]]


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
