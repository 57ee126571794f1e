"""Scored pairs -> clusters, by greedy additive edge contraction (Keuper et al., ICCV 2015).

The pair with the highest score is joined; the scores of both to a third then add up, so that
'John Smith' keeps 'Mary Smith' from the 'Smith' that it has. Nothing above 0 left is the end.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping


def contract(size: int, scores: Mapping[tuple[int, int], float]) -> list[int]:
    """Return for each of `size` items the smallest item that it is one with.

    Args:
        size: number of items.
        scores: of pairs of items; above 0 speaks for one entity. Of equal ones the first counts.
    """
    owner = list(range(size))
    weights: list[dict[int, float]] = [{} for _ in range(size)]
    for (one, other), score in scores.items():
        weights[one][other] = weights[other][one] = score
    heap = [(-score, min(pair), max(pair)) for pair, score in scores.items() if score > 0]
    heapq.heapify(heap)
    while heap:
        negative, one, other = heapq.heappop(heap)
        if weights[one].get(other) != -negative:
            continue  # one of them is part of another by now
        del weights[one][other], weights[other][one]
        owner[other] = one
        for third, score in weights[other].items():
            del weights[third][other]
            total = weights[one].get(third, 0.0) + score
            weights[one][third] = weights[third][one] = total
            if total > 0:
                heapq.heappush(heap, (-total, min(one, third), max(one, third)))
        weights[other] = {}
    return [_root(owner, n) for n in range(size)]


def _root(owner: list[int], item: int) -> int:
    while owner[item] != item:
        owner[item] = owner[owner[item]]
        item = owner[item]
    return item
