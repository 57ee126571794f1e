"""Names as they are compared: one folding for the linker, the entity index and the graph."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

ARTICLES = ("the ", "a ", "an ")


LONGEST_REMEMBERED = 1000
"""Characters of a name; longer is a text, of which thousands would fill the memory."""


def fold_name(name: str) -> str:
    """Return the name without case, diacritics and punctuation, words joined by single blanks.

    Marks that stand for letters (the vowel signs of Indic scripts) stay: they are no diacritics.
    Characters without a width (joiners, soft hyphens, marks of direction) are nothing at all.
    A name that holds nothing but punctuation or symbols folds to its casefolded self,
    so that no two different names meet in the empty string.
    """
    return _remembered(name) if len(name) <= LONGEST_REMEMBERED else _folded(name)


@lru_cache(maxsize=4096)  # clusters, links and the index fold the names of a batch again
def _remembered(name: str) -> str:
    return _folded(name)


def _folded(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    kept = "".join(
        character if character.isalnum() or unicodedata.category(character)[0] == "M" else " "
        for character in decomposed
        if not unicodedata.combining(character) and unicodedata.category(character) != "Cf"
    )
    return " ".join(kept.split()) or " ".join(name.casefold().split())


def comparable_name(name: str) -> str:
    """Return a name folded and without its leading article."""
    folded = fold_name(name)
    for article in ARTICLES:
        if folded.startswith(article):
            return folded.removeprefix(article)
    return folded


def without_article(name: str) -> str:
    """Return a name without an article in small letters: 'the United States', but 'The Hague'."""
    shorter = (name.removeprefix(each) for each in ARTICLES if name.startswith(each))
    return next(shorter, name) or name


def fullest_first(names: Iterable[str]) -> list[str]:
    """Return the distinct names, what an entity is best called by first.

    That is the longest, articles not counted; of those the one without an article, then in the
    order of the strings.
    """
    return sorted(set(names), key=lambda name: (-len(_bare(name)), len(name), name))


def _bare(name: str) -> str:
    return without_article(name[:1].lower() + name[1:])
