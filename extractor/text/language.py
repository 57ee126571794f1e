"""Which language a text is in, where that matters: the model reads some of them only.

Only prose is judged: two words and more next to each other, in small letters or in letters that
have no case. Names, titles, species, lists, numbers, hashes, base64, links and most code fall out
by that, and what is left of a language still tells it.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from py3langid.langid import MODEL_FILE, LanguageIdentifier

STRETCH = 60
"""Letters that are judged together, where there are so many."""
SHORTEST = 15
"""Letters that are not judged alone: words of a signature or of code."""
FEWEST = 120
"""Bytes of prose in one other language (120 Latin letters, 40 Chinese signs) that tell enough."""
SURE = 0.02
"""Probability of all the languages asked for, together, below which a stretch is in another."""
PART = 0.05
"""Share of the prose in a language asked for above which a text is extracted."""
MOST = 24
"""Stretches of a text that are judged, from its beginning to its end."""
WINDOWS, WINDOW = 20, 500
"""A long text is looked at in so many places, for so many characters."""
NO_LANGUAGE = "zxx"
"""The code for what is no natural language: as good as not there."""
INFORMAL = {"en": "pcm"}
"""What a language is taken for where people write as they speak: SMS look like Pidgin."""

_NOISE = re.compile(r"(?<![!-~])[!-~]*(?:[0-9#$%&*+/<=>@\\^_`{|}~]|[A-Za-z][.:][A-Za-z])[!-~]*")
_TOKEN = re.compile(r"""[^\s.,;:!?…()\[\]"“”„«»‹›·•–—。、，；：！？「」『』（）]+|\S""")
_BREAK = " 0 "


@dataclass(frozen=True)
class OtherLanguage:
    """What a text is in, instead of a language asked for."""

    code: str
    """ISO 639, of most of the prose."""
    share: float
    """Of the prose that is in it."""


def other_language(text: str, languages: Collection[str]) -> OtherLanguage | None:
    """Return the language of a text that is surely in none of those asked for, else None.

    A twentieth of its prose in a language asked for is enough to be in none other: no quotation
    makes a text foreign. What is short, in capitals, a list or mixed is given the benefit of doubt.

    Args:
        text: any.
        languages: ISO 639 codes.
    """
    asked = {*languages, *(INFORMAL[each] for each in languages if each in INFORMAL)}
    stretches = _spread(list(_stretches(_sample(text))))
    enough = PART * sum(map(len, stretches))
    spoken, others = 0, Counter[str]()
    for stretch in stretches:
        shares = dict(_identifier().rank(stretch))
        likeliest = next(iter(shares))
        if sum(shares.get(language, 0.0) for language in asked) >= SURE:
            spoken += len(stretch)
        elif likeliest != NO_LANGUAGE:
            others[likeliest] += len(stretch)
        if spoken > enough:
            return None
    for code, size in others.most_common(1):
        if size >= FEWEST:
            return OtherLanguage(code, size / (spoken + others.total()))
    return None


def known_languages() -> frozenset[str]:
    """Return the codes of the languages that can be told apart."""
    return frozenset(_identifier().labels) - {NO_LANGUAGE}


def _sample(text: str) -> str:
    if len(text) <= WINDOWS * WINDOW:
        return text
    last = len(text) - WINDOW
    starts = (last * number // (WINDOWS - 1) for number in range(WINDOWS))
    return "\n".join(text[start : start + WINDOW] for start in starts)


def _spread(stretches: list[bytes]) -> list[bytes]:
    return stretches[:: math.ceil(len(stretches) / MOST) or 1]


def _stretches(text: str) -> Iterator[bytes]:
    """Yield prose in pieces, as UTF-8; what is in Latin letters apart from what is in others.

    Else the one Thai word of an English text, in brackets, would outweigh its stretch.
    """
    packs: dict[str, list[str]] = {}
    for script, words in _runs(text):
        pack = packs.setdefault(script, [])
        pack.extend(words)
        if _letters(pack) >= STRETCH:
            yield _joined(pack)
            pack.clear()
    yield from (_joined(pack) for pack in packs.values() if _letters(pack) >= SHORTEST)


def _letters(words: list[str]) -> int:
    return sum(map(len, words))


def _joined(words: list[str]) -> bytes:
    return " ".join(words).encode(errors="replace")


def _runs(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the words of prose that follow each other; where no blanks are, clauses are words.

    What a text repeats, as a footer or code, tells once what it tells.
    """
    tokens = _TOKEN.findall(_NOISE.sub(_BREAK, text))
    runs = ((script, tuple(words)) for script, words in groupby(tokens, _script) if script)
    for script, words in dict.fromkeys(runs):
        if len(words) > 1 or not words[0][0].islower():
            yield script, words


def _script(token: str) -> str:
    """Return which letters a word has; nothing for a name, a number or a mark."""
    if not token[0].isalpha() or token != token.lower():
        return ""
    return "Latin" if unicodedata.name(token[0], "").startswith("LATIN") else "other"


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
