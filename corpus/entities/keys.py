"""The keys by which names are found: one way to make them, whatever holds them.

An index stores a surface form under its folded name, its words and its trigrams, as plain tokens; a
name that is looked up gets its keys here too. No database analyses, folds or splits a name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

from corpus.fields.texts import clean_line
from extractor.names import comparable_name
from extractor.schema import Candidate

MAX_NAME_WORDS = 64
MAX_NAME_CHARACTERS = 512
MAX_TRIGRAMS = MAX_NAME_CHARACTERS + 1
"""Of a name: its words of n letters have n + 1 each, and there are blanks between them."""
LEAST_SIMILARITY = 0.35
"""Of candidates that are only similar; docs/decisions/0035-entity-index.md says what it costs."""


@dataclass(frozen=True)
class Form:
    """A surface form, folded, with its keys."""

    folded: str

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The distinct words."""
        return tuple(dict.fromkeys(self.folded.split()))

    @cached_property
    def trigrams(self) -> tuple[str, ...]:
        """The distinct trigrams of the words, each word after two blanks and before one.

        So the order of the words does not matter, and how a word begins counts more than how it
        ends (as in PostgreSQL's pg_trgm).
        """
        padded = [f"  {word} " for word in self.words]
        return tuple(
            dict.fromkeys(word[at : at + 3] for word in padded for at in range(len(word) - 2))
        )

    def least_shared(self, similarity: float) -> int:
        """Return how many trigrams a form shares, at least, that is so similar.

        A form of n trigrams that shares s of our m has similarity s / sqrt(m n), and n >= s.
        """
        return max(1, math.ceil(similarity**2 * len(self.trigrams)))

    def least_score(self, similarity: float) -> float:
        """Return the least score, s / sqrt(n) in 32 bits, of a form that is so similar."""
        return similarity * math.sqrt(len(self.trigrams))


def weight(trigrams: int) -> float:
    """Return by what the number of shared trigrams is multiplied, 1 / sqrt(n)."""
    return 1 / math.sqrt(trigrams)


def folded(name: str) -> str:
    """Return a name as the index compares it; any string will do."""
    return comparable_name(clean_line(name))


def form_of(name: str) -> Form | None:
    """Return the form that a name has, None where it is empty or larger than a name may be."""
    form = Form(folded(name))
    small = len(form.folded) <= MAX_NAME_CHARACTERS and len(form.words) <= MAX_NAME_WORDS
    return form if form.words and small else None


def surface_forms(entity: Candidate) -> tuple[str, ...]:
    """Return the distinct folded names of an entity, sorted."""
    return tuple(sorted({folded(name) for name in (entity.name, *entity.aliases)}))
