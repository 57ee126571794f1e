"""How a name is compared: its forms, computed once.

All are of `extractor.names.comparable_name`: case, diacritics, punctuation and a leading article
never matter; symbols do where they tell names apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from extractor.names import ARTICLES, comparable_name

SMALL_WORDS = frozenset(
    {"of", "the", "and", "for", "in", "on", "de", "la", "le", "du", "von", "van"}
)
LONGEST = 200
"""Characters of a name that are compared; longer ones are no names."""
REMEMBERED = 100_000
"""Names whose forms are kept, some 2 KB each at most for names of everyday length."""


@dataclass(frozen=True, slots=True)
class NameForms:
    """One name, ready to be compared."""

    folded: str
    words: frozenset[str]
    key: tuple[str, ...]
    """Its words without endings of number, sorted: 'failure of the kidneys' -> failure, kidney."""
    trigrams: frozenset[str]
    initials: str
    """Of its words, small ones left out; empty for a name of one word."""


@lru_cache(maxsize=REMEMBERED)
def name_forms(name: str) -> NameForms:
    """Return the forms of a name."""
    folded = comparable_name(name)[:LONGEST]
    words = folded.split()
    large = [word for word in words if word not in SMALL_WORDS]
    padded = f"  {' '.join(words)} "
    return NameForms(
        folded=folded,
        words=frozenset(words),
        key=tuple(sorted({_singular(word) for word in large or words})),
        trigrams=frozenset(padded[n : n + 3] for n in range(len(padded) - 2)),
        initials="".join(word[0] for word in large) if len(large) > 1 else "",
    )


def in_small_letters(name: str) -> bool:
    """Tell whether a name, but for a leading article, has no capital where its script has some."""
    first, _, rest = name.partition(" ")
    return (rest if rest and f"{first.lower()} " in ARTICLES else name).islower()


def _singular(word: str) -> str:
    """Return an English word without its plural ending, roughly: both sides are treated alike."""
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
