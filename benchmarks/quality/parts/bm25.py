"""BM25 (Robertson and Zaragoza, 2009) over the names and descriptions of an index's entries."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from extractor.names import fold_name
from extractor.schema import Candidate

K1, B = 1.2, 0.75


class Bm25:
    """Entries by their words."""

    def __init__(self, entries: Sequence[Candidate]) -> None:
        self._entries = entries
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        words = [fold_name(" ".join((e.name, *e.aliases, e.description))).split() for e in entries]
        average = sum(map(len, words)) / len(words)
        for number, found in enumerate(words):
            long = K1 * (1 - B + B * len(found) / average)
            for word, count in Counter(found).items():
                self._postings[word].append((number, count * (K1 + 1) / (count + long)))

    def best(self, names: Sequence[str], types: frozenset[str]) -> Candidate | None:
        """Return the best hit of any of the names among entries of these types; ties by id."""
        hits: dict[int, float] = {}
        for name in names:
            for number, score in self._scores(name).items():
                hits[number] = max(score, hits.get(number, 0.0))
        fitting = (number for number in hits if self._entries[number].type in types)
        best = min(fitting, key=lambda n: (-hits[n], self._entries[n].id), default=None)
        return None if best is None else self._entries[best]

    def _scores(self, name: str) -> dict[int, float]:
        scores: dict[int, float] = defaultdict(float)
        for word in sorted(set(fold_name(name).split())):
            postings = self._postings.get(word, ())
            idf = math.log(1 + (len(self._entries) - len(postings) + 0.5) / (len(postings) + 0.5))
            for number, weight in postings:
                scores[number] += idf * weight
        return scores
