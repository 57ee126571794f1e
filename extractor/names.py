"""Names as they are read and compared: one reading of a mention, one folding for the linker, the
entity index and the graph.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
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


_ALIKE = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u201b\u02bb\u02bc\u2032`", "'"),
    "\u266f": "#",  # 'C♯'
    "\u2044": "/",  # '½' is decomposed with it
}
_CURRENCY = "$\u00a2-\u00a5\u058f\u060b\u0e3f\u17db\u20a0-\u20cf"
_SYMBOLS = rf"-+#%‰°±.,:/()'{_CURRENCY}"
"""What may tell two names apart, depending on where it stands; all else is a blank."""
_PART = rf"[^{_SYMBOLS}\s]"
"""A letter, a digit, or a mark that stands for a letter."""
_LETTER = rf"(?!\d){_PART}"
_WORD = re.compile(
    rf"""
    \([-+±]\)                                       # (+)-pentazocine
    | (?:(?<!{_PART})[-+](?=\d|[{_CURRENCY}]\s*\d))?   # -5
      (?:[{_CURRENCY}]\s*(?=\d))?                      # $5
      (?:(?<!{_PART}){_LETTER}'(?={_LETTER}))?         # O'Neill
      {_PART}+
      (?: (?<=\d)[-.,:/](?=\d){_PART}+                 # 4.5, 2005-06
        | [+#]+(?!{_LETTER}){_PART}*                   # C++, Disney+
      )*
      (?:(?<=\d)\s*(?:[%‰°]|[{_CURRENCY}](?!\s*\d)))?  # 13 %, 5 €
    """,
    re.VERBOSE,
)
_INSIDE = re.compile(r"[ ']|,(?=\d{3}(?!\d))")
"""What a word has inside and is no part of it: '13 %', "O'Neill", '10,000'."""


def fold_name(name: str) -> str:
    """Return the name without case, diacritics and punctuation, words joined by single blanks.

    Symbols stay where they tell names apart: 'C++' and 'C', '$5' and '£5', '13 %' and '13',
    '-5' and '5', '4.5' and '4-5', '(+)-' and '(-)-'.
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
    words = map(_word, _WORD.finditer("".join(map(_plain, name))))
    return " ".join(words) or " ".join(name.casefold().split())


def folded_words(text: str) -> list[tuple[str, int, int]]:
    """Return the words of the folded text, each with the span that it has in the text itself."""
    plain = [_plain(character) for character in text]
    places = [place for place, folded in enumerate(plain) for _ in folded]
    found = []
    for match in _WORD.finditer("".join(plain)):
        end = places[match.end() - 1] + 1
        while end < len(plain) and not plain[end]:  # a diacritic belongs to the word before it
            end += 1
        found.append((_word(match), places[match.start()], end))
    return found


def _word(match: re.Match[str]) -> str:
    return _INSIDE.sub("", match[0])


@lru_cache(maxsize=10_000)
def _plain(character: str) -> str:
    """Return what a character is in a folded name: nothing, letters, a symbol, or a blank."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    kept = (
        _ALIKE.get(each, each)
        for each in decomposed
        if not unicodedata.combining(each) and unicodedata.category(each) != "Cf"
    )
    return "".join(each if _is_kept(each) else " " for each in kept)


def _is_kept(character: str) -> bool:
    letter = character.isalnum() or unicodedata.category(character)[0] == "M"
    return letter or re.fullmatch(f"[{_SYMBOLS}]", character) is not None


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
