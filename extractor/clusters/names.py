"""What the words and letters of two names say for and against one entity."""

from __future__ import annotations

import math
import re
from difflib import SequenceMatcher

from extractor.clusters.groups import SMALL_WORDS, Group

Words = tuple[str, ...]

TITLES = frozenset({
    "king", "queen", "prince", "princess", "emperor", "empress", "duke", "duchess", "count",
    "countess", "lord", "lady", "sir", "dame", "saint", "st", "pope", "cardinal", "bishop",
    "archbishop", "father", "sister", "brother", "president", "senator", "governor",
    "minister", "general", "colonel", "captain", "major", "lieutenant", "admiral",
    "commander", "dr", "doctor", "prof", "professor", "mr", "mrs", "ms", "miss", "judge",
    "justice", "chief", "sheikh", "sultan", "tsar", "czar", "baron", "earl", "rev",
    "reverend", "master", "jr", "sr", "ii", "iii", "iv", "v", "vi", "vii", "viii",
})  # fmt: skip
COMPANY_WORDS = frozenset({
    "inc", "incorporated", "ltd", "limited", "llc", "plc", "corp", "corporation", "co",
    "company", "ag", "gmbh", "sa", "group", "holdings", "fc", "f", "c", "club",
})  # fmt: skip
_NUMBER = re.compile(r"(?=.*\d)[\W\d]+|[ivx]+")
_SIMILAR, _ALIKE = 0.7, 0.85
_LONGEST_COMPARED = 100
"""Characters of names whose letters are compared, which takes time by their product."""


def of_words(short: Group, long: Group) -> dict[str, float]:
    """Return what the words say; `short` has not more of them than `long`."""
    few, many = short.words, long.words
    shared = {*few} & {*many} - SMALL_WORDS
    only_few, only_many = [w for w in few if w not in many], [w for w in many if w not in few]
    inside = contains(many, few)
    prefix = inside and many[: len(few)] == few
    only_more = bool(only_many) and not only_few
    return {
        "same_name": few == many,
        "prefix": prefix,
        "suffix": inside and many[-len(few) :] == few,
        "inside": inside,
        "scattered": not inside and not only_few and few != many,
        "first_equal": few[:1] == many[:1],
        "last_equal": few[-1:] == many[-1:],
        "shared": len(shared) / max(len(few), 1),
        "no_shared": not shared,
        "both_unshared": bool(only_few and only_many),
        "firsts_differ": len(few) > 1 and few[-1] == many[-1] and few[0][0] != many[0][0],
        "initials": _initials_fit(few, many),
        "single": len(few) == 1,
        "both_single": len(many) == 1,
        "extra": math.log1p(len(only_many)),
        "extra_titles": only_more and TITLES.issuperset(only_many),
        "extra_company": only_more and COMPANY_WORDS.issuperset(only_many),
        "of_follows": prefix and many[len(few)] == "of",
        "numbers_differ": _numbers(few) != _numbers(many),
    }


def of_letters(short: Group, long: Group) -> dict[str, float]:
    """Return what the letters say: spelling, acronyms, script."""
    one, other = short.name, long.name
    alike = _similarity(short, long) if one != other else 0.0
    stem = len(short.words) == len(long.words) and one != other and one[:4] == other[:4]
    acronym, spelled = (short.acronym, long) if short.acronym else (long.acronym, short)
    possible = bool(acronym) and len(spelled.words) > 1
    exact = possible and acronym in {spelled.initials, "".join(w[0] for w in spelled.words)}
    loose = possible and not exact and _spells(acronym, spelled.words)
    return {
        "edit": max(0.0, alike - _SIMILAR) / (1 - _SIMILAR),
        "edit_high": alike >= _ALIKE,
        "squashed": one != other and one.replace(" ", "") == other.replace(" ", ""),
        "plural": other in {one + "s", one + "es"},
        "stem": stem,
        "acronym": exact,
        "acronym_loose": loose,
        "acronym_other": bool(acronym) and not exact and not loose,
        "both_acronyms": bool(short.acronym and long.acronym),
        "very_short": len(one) <= 3,
        "lower": short.surface[:1].islower(),
        "scripts_differ": one.isascii() != other.isascii(),
    }


def contains(long: Words, short: Words) -> bool:
    """Tell whether the longer name has the words of the shorter, side by side, and others."""
    size = len(short)
    return size < len(long) and any(
        long[n : n + size] == short for n in range(len(long) - size + 1)
    )


def _initials_fit(few: Words, many: Words) -> bool:
    """Tell whether each word equals the other's or is its initial: 'j smith', 'john smith'."""
    return (
        len(few) == len(many)
        and few != many
        and all(
            one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])
            for one, other in zip(few, many, strict=True)
        )
    )


def _numbers(words: Words) -> set[str]:
    return {word for word in words if _NUMBER.fullmatch(word)}


def _similarity(one: Group, other: Group) -> float:
    """Return the share of letters in common, 0 where it is not worth counting."""
    size = len(one.name) + len(other.name)
    if max(len(one.name), len(other.name)) > _LONGEST_COMPARED:
        return 0.0
    if 2 * (one.letters & other.letters).total() / size <= _SIMILAR:
        return 0.0  # even in the best order there are too few
    return SequenceMatcher(None, one.name, other.name, autojunk=False).ratio()


def _spells(acronym: str, words: Words) -> bool:
    """Tell whether an acronym takes up to 4 letters from words in order, the first among them."""
    rest, used = acronym, 0
    for word in words:
        taken = 0
        while taken < min(4, len(word)) and rest[taken : taken + 1] == word[taken]:
            taken += 1
        rest, used = rest[taken:], used + bool(taken)
    return not rest and used > 1 and words[0][0] == acronym[0]
