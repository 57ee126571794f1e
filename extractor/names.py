"""Names as they are compared: one folding for the linker, the entity index and the graph."""

from __future__ import annotations

import unicodedata
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
