"""Names as they are read and compared: one reading of a mention, one folding for the linker, the
entity index and the graph.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from extractor.schema import Mention

ARTICLES = ("the ", "a ", "an ")


LONGEST_REMEMBERED = 1000
"""Characters of a name; longer is a text, of which thousands would fill the memory."""
_BROKEN = re.compile(r"(?<=\w)[-\u2010\u00ad][ \t]*\r?\n\s*(?=\w)")
"""A hyphen at a line end, between letters."""


def mentioned_name(text: str, mention: Mention) -> str:
    """Return what a mention names: its words on one line, those broken at a line end joined.

    'Dis-⏎trict Court' is the District Court, 'Anglo-⏎Saxon' keeps the hyphen, as small letters do
    not follow. The text and the offsets stay as they are.
    """
    written = text[mention.start : mention.end]
    if "\n" in written:
        written = _BROKEN.sub(lambda broken: _hyphen(written, broken), written)
    return " ".join(written.replace("\u00ad", "").split()) or written


def _hyphen(written: str, broken: re.Match[str]) -> str:
    before, after = written[broken.start() - 1], written[broken.end()]
    return "" if before.islower() and after.islower() else "-"


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
