"""What speaks for a candidate: one number for each feature, between 0 and 1 unless said otherwise.

Every feature is a maximum, a share or a count over sets, so that no order of names, candidates or
clusters changes a digit. What depends on the cluster's other candidates falls, or rises, with each
that is added (`FALLING`, `RISING`), and the weights may only count that against a link: so wrong
candidates make no link likelier, however many an index holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from extractor.linking.names import REMEMBERED, NameForms, in_small_letters, name_forms
from extractor.names import fold_name
from extractor.schema import ENTITY_TYPES, Candidate

Floats = NDArray[np.float64]

FEATURES = (
    "linked",  # 1: what it takes to be linked at all
    "exact",  # a name of the cluster is one of the candidate's, letter by letter
    "folded",  # ... after folding
    "main_name",  # ... and it is its first name, no alias
    "longest",  # ... and it is the cluster's longest name
    "all_names",  # share of the cluster's names that are the candidate's
    "same_words",  # equal but for number, order and small words
    "acronym",  # one is the initials of the other
    "words",  # words in common, of those of both (Jaccard)
    "contained",  # words in common, of those of the shorter name
    "trigrams",  # Dice coefficient of character trigrams
    "unlike",  # 1 - trigrams, of proper names: they are no inflected words
    "part",  # all large words of the fullest name are in one of the candidate's, which has more
    "whole",  # all large words of a name of the candidate's are in the fullest name, which has more
    "homonyms",  # log of how many candidates have the name
    "one_word",  # the cluster's longest name is one word
    "covered",  # share of the document's other clusters of which an entry has a name
    "popularity",  # log of it, relative to the best known candidate (with the name, if it has it)
    "share",  # of the popularity of all candidates with the name
    "known",  # a tenth of the log of its popularity
    "type",  # the candidate's type is the cluster's
    "people",  # a place for what is called MISC: 'German' may be the people or the language
    "work",  # MISC for what is called a place: 'Australia' is a film too
    # What follows tells entries of one name apart, and is 0 of those that do not have the name.
    "described",  # share of the description's words that the document has
    "named",  # share of the description's words that name other entities of the document
    "coherent",  # words in common with the descriptions of the document's certain links
)
FALLING = ("popularity", "share")
"""Features that no further candidate raises: their weights are never below 0."""
RISING = ("homonyms",)
"""Features that no further candidate lowers: their weights are never above 0."""
COHERENT = FEATURES.index("coherent")
COVERED = FEATURES.index("covered")
FOLDED = FEATURES.index("folded")
COMMON_WORDS = frozenset(
    {"the", "of", "and", "in", "a", "an", "for", "to", "from", "by", "on", "at", "with", "its"}
)

REMEMBERED_ENTITIES = 10_000
"""Entities whose names' forms are kept, some 20 KB each for one with eight aliases."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a document holds beside the cluster that is linked; its clusters share the sets."""

    words: frozenset[str]
    """Folded words of title and text."""
    names: frozenset[str]
    """Folded words of the names of its clusters."""
    own: frozenset[str]
    """Those of the cluster's names, which are no context."""


@lru_cache(maxsize=REMEMBERED)
def description_words(description: str) -> frozenset[str]:
    """Return the folded words of a description, common ones left out."""
    return frozenset(fold_name(description).split()) - COMMON_WORDS


def cluster_features(
    type_: str, names: Sequence[str], candidates: Sequence[Candidate], context: Context
) -> Floats:
    """Return (candidates, features); `covered` and `coherent` are 0: they need the other clusters.

    Args:
        type_: of the cluster.
        names: of the cluster, the longest first, then what abbreviations among them stand for.
        candidates: all of its candidates.
        context: of the document.
    """
    forms = [name_forms(name) for name in names]
    surfaces = frozenset(names)
    fullest = max((frozenset(form.key) for form in forms), key=len, default=frozenset())
    rows = np.array(
        [
            [
                1.0,
                *(found := _name_features(surfaces, forms, candidate)),
                float(type_ in ENTITY_TYPES) * (1 - found[-1]),
                *_inclusion(fullest, candidate),
                0.0,  # homonyms
                float(len(forms[0].words) == 1),
                0.0,  # covered
                0.0,  # popularity
                0.0,  # share
                math.log1p(candidate.popularity) / 10,
                float(candidate.type == type_),
                float((type_, candidate.type) == ("MISC", "LOC")),
                float((type_, candidate.type) == ("LOC", "MISC")),
                *(_described(candidate.description, context) if found[1] else (0.0, 0.0)),
                0.0,  # coherent
            ]
            for candidate in candidates
        ]
    ).reshape(len(candidates), len(FEATURES))
    _compare_popularity(rows, candidates)
    return rows


def _name_features(
    surfaces: frozenset[str], forms: Sequence[NameForms], candidate: Candidate
) -> tuple[float, ...]:
    known = _known_names(candidate.name, candidate.aliases)
    shared = [form.folded in known for form in forms]
    if any(shared):
        exact = candidate.name in surfaces or not surfaces.isdisjoint(candidate.aliases)
        main = name_forms(candidate.name).folded
        return (
            float(exact),
            1.0,
            float(any(form.folded == main for form in forms)),
            float(shared[0]),
            sum(shared) / len(shared),
            *(1.0, 0.0, 1.0, 1.0, 1.0),
        )
    return (*(0.0,) * 5, *_likeness(forms, known.values()))


@lru_cache(maxsize=REMEMBERED_ENTITIES)
def _known_names(name: str, aliases: tuple[str, ...]) -> Mapping[str, NameForms]:
    forms = map(name_forms, (name, *aliases))
    return {form.folded: form for form in forms}


def _inclusion(fullest: frozenset[str], candidate: Candidate) -> tuple[float, float]:
    """Return part and whole: 'Exeter' of 'University of Exeter', and the other way round.

    Both are 0 where the candidate has the fullest name itself.
    """
    keys = _known_keys(candidate.name, candidate.aliases)
    if fullest in keys:
        return 0.0, 0.0
    return float(any(fullest < key for key in keys)), float(any(fullest > key for key in keys))


@lru_cache(maxsize=REMEMBERED_ENTITIES)
def _known_keys(name: str, aliases: tuple[str, ...]) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(form.key) for form in _known_names(name, aliases).values())


def _likeness(
    ours: Iterable[NameForms], theirs: Iterable[NameForms]
) -> tuple[float, float, float, float, float]:
    """Return same_words, acronym, words, contained and trigrams: each the best of two names."""
    same = acronym = jaccard = contained = dice = 0.0
    for one in ours:
        for other in theirs:
            if one.key == other.key:
                same = 1.0
            if one.initials == other.folded or other.initials == one.folded:
                acronym = 1.0
            common = len(one.words & other.words)
            if common:
                a, b = len(one.words), len(other.words)
                jaccard = max(jaccard, common / (a + b - common))
                contained = max(contained, common / min(a, b))
            both = len(one.trigrams & other.trigrams)
            if both:
                dice = max(dice, 2 * both / (len(one.trigrams) + len(other.trigrams)))
    return same, acronym, jaccard, contained, dice


@dataclass(frozen=True, slots=True)
class JointForms:
    """What the names of a cluster are compared by, all at once: there may be thousands."""

    words: frozenset[str]
    initials: frozenset[str]
    folded: frozenset[str]
    small: frozenset[str]
    """The names as written, where all are in small letters."""


def joint_forms(names: Iterable[str]) -> JointForms:
    """Return the forms of several names together."""
    written = frozenset(names)
    forms = [name_forms(name) for name in written]
    return JointForms(
        words=frozenset(word for form in forms for word in form.words),
        initials=frozenset(form.initials for form in forms),
        folded=frozenset(form.folded for form in forms),
        small=written if all(map(in_small_letters, written)) else frozenset(),
    )


def share_word(ours: JointForms, candidate: Candidate) -> bool:
    """Tell whether a name has a word of one of the candidate's names, or the other's initials."""
    return any(
        not ours.words.isdisjoint(other.words)
        or other.folded in ours.initials
        or other.initials in ours.folded
        for other in _known_names(candidate.name, candidate.aliases).values()
    )


def coherence(
    candidate: Candidate, cluster: int, linked: Mapping[str, Sequence[tuple[float, int]]]
) -> float:
    """Return the share of the description's words that links of other clusters have, by certainty.

    Args:
        candidate: of the cluster.
        cluster: its index.
        linked: word -> the two most certain links to entries with this word, and their clusters.
    """
    words = description_words(candidate.description)
    certainties = (
        max((sure for sure, other in linked[word] if other != cluster), default=0.0)
        for word in words
        if word in linked
    )
    return math.fsum(certainties) / len(words) if words else 0.0


def _described(description: str, context: Context) -> tuple[float, float]:
    words = description_words(description)
    if not words:
        return 0.0, 0.0
    others = words - context.own
    return len(others & context.words) / len(words), len(others & context.names) / len(words)


def _compare_popularity(rows: Floats, candidates: Sequence[Candidate]) -> None:
    """Fill in what compares a candidate with those that bear a name of the cluster, or with all."""
    popularity = np.array([candidate.popularity for candidate in candidates])
    bears = rows[:, FOLDED] > 0
    best = np.where(bears, popularity[bears].max(initial=0.0), popularity.max(initial=0.0))
    rows[:, FEATURES.index("homonyms")] = math.log1p(int(bears.sum()))
    rows[:, FEATURES.index("popularity")] = np.log1p(popularity) - np.log1p(best)
    total = math.fsum(popularity[bears] + 1)
    rows[bears, FEATURES.index("share")] = (popularity[bears] + 1) / total
