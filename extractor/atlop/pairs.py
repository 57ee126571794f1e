"""Which pairs of entities are scored: of interest by their types, and not kept apart by layout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations

from extractor.text.blocks import Surroundings, apart


class EntityPairs:
    """The unordered entity pairs of a document, as windows show them.

    Args:
        types: of the entities.
        candidate: tells from the types of head and tail whether an ordered pair is of interest.
        check_pairs: told of each window how many pairs there are so far; raises if too many.
    """

    def __init__(
        self,
        types: Sequence[str],
        candidate: Callable[[str, str], bool],
        check_pairs: Callable[[int], None],
    ) -> None:
        self._types = types
        self._check = check_pairs
        self._directions = {
            (one, other): candidate(one, other) + candidate(other, one)
            for one in set(types)
            for other in set(types)
        }
        self._shown: set[tuple[int, int]] = set()
        self._scored = 0

    def of_window(self, seen: Mapping[int, Collection[Surroundings]]) -> list[tuple[int, int]]:
        """Return the pairs to score, ascending.

        Args:
            seen: entities of the window -> where their mentions in it stand.
        """
        shown = [pair for pair in combinations(sorted(seen), 2) if self._ways(pair)]
        pairs = [pair for pair in shown if not apart(seen[pair[0]], seen[pair[1]])]
        self._shown.update(shown)
        self._scored += len(pairs)
        self._check(self._scored)
        return pairs

    def unscored(self) -> int:
        """Return how many ordered pairs of interest no window so far has shown together.

        Pairs that the layout keeps apart are not among them: they are shown, and say nothing.
        """
        return self._of_interest() - sum(map(self._ways, self._shown))

    def _ways(self, pair: tuple[int, int]) -> int:
        """Return in how many directions a pair is of interest."""
        return self._directions[self._types[pair[0]], self._types[pair[1]]]

    def _of_interest(self) -> int:
        """Return how many ordered pairs of entities are of interest, without making them all."""
        counts = Counter(self._types)
        both = sum(
            ways * (counts[one] * counts[other] - counts[one] * (one == other))
            for (one, other), ways in self._directions.items()
        )
        return both // 2  # each pair was met from both of its ends
