"""How good clusters are beside gold ones: B3, CEAF-e and exact clusters, of any hashable mentions.

B3: Bagga and Baldwin, 1998. CEAF-e: Luo, 2005, with the similarity 2 |K and R| / (|K| + |R|). As in
the reference scorer (Pradhan et al., 2014), a mention that only one side has is wrong there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from extractor.calibration.counts import Score, score_of

Partition = Sequence[AbstractSet[Hashable]]
"""The clusters of a document, of no mention in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterScores:
    """Scores of clusters over all documents (micro averages)."""

    b3: Score
    ceaf_e: Score
    exact: Score
    """A cluster is right when its mentions are exactly those of a gold cluster."""


def cluster_scores(found: Sequence[Partition], gold: Sequence[Partition]) -> ClusterScores:
    """Score the clusters of each document against its gold clusters."""
    clusters = sum(map(len, found)), sum(map(len, gold))
    mentions = _mentions(found), _mentions(gold)
    pure = complete = similarity = 0.0
    exact = 0
    for ours, theirs in zip(found, gold, strict=True):
        shared = _shared(ours, theirs)
        for (one, other), both in shared.items():
            pure += both**2 / len(ours[one])
            complete += both**2 / len(theirs[other])
            exact += both == len(ours[one]) == len(theirs[other])
        similarity += _best_alignment(
            {
                (one, other): 2 * both / (len(ours[one]) + len(theirs[other]))
                for (one, other), both in shared.items()
            }
        )
    return ClusterScores(
        b3=score_of(_share(pure, mentions[0]), _share(complete, mentions[1])),
        ceaf_e=score_of(_share(similarity, clusters[0]), _share(similarity, clusters[1])),
        exact=score_of(_share(exact, clusters[0]), _share(exact, clusters[1])),
    )


def _mentions(documents: Sequence[Partition]) -> int:
    return sum(len(cluster) for clusters in documents for cluster in clusters)


def _share(part: float, whole: int) -> float:
    return part / whole if whole else 0.0


def _shared(found: Partition, gold: Partition) -> dict[tuple[int, int], int]:
    """Return how many mentions a found and a gold cluster share, where it is any."""
    owner = {mention: n for n, cluster in enumerate(gold) for mention in cluster}
    shared: defaultdict[tuple[int, int], int] = defaultdict(int)
    for n, cluster in enumerate(found):
        for mention in cluster:
            if mention in owner:
                shared[n, owner[mention]] += 1
    return dict(shared)


def _best_alignment(similarity: dict[tuple[int, int], float]) -> float:
    """Return the largest total similarity of a one-to-one alignment of rows and columns.

    Hungarian method with potentials (Kuhn, 1955; Jonker and Volgenant, 1987), on each connected
    component: nearly all are a single pair.
    """
    return sum(_assigned(component) for component in _components(similarity))


def _components(similarity: dict[tuple[int, int], float]) -> list[list[list[float]]]:
    """Return the matrices of the connected parts, each with at most as many rows as columns."""
    rows_of: defaultdict[int, set[int]] = defaultdict(set)
    columns_of: defaultdict[int, set[int]] = defaultdict(set)
    for row, column in similarity:
        columns_of[row].add(column)
        rows_of[column].add(row)
    left, matrices = dict.fromkeys(columns_of), []
    while left:
        rows, columns, edge = set[int](), set[int](), {next(iter(left))}
        while edge:
            rows |= edge
            new = set().union(*(columns_of[row] for row in edge)) - columns
            columns |= new
            edge = set().union(*(rows_of[column] for column in new)) - rows
        left = {row: None for row in left if row not in rows}
        one, other = sorted(rows), sorted(columns)
        matrix = [[similarity.get((row, column), 0.0) for column in other] for row in one]
        if len(one) > len(other):
            matrix = [list(line) for line in zip(*matrix, strict=True)]
        matrices.append(matrix)
    return matrices


def _assigned(matrix: list[list[float]]) -> float:
    """Return the largest total of one cell in each row, no two in one column."""
    size, width = len(matrix), len(matrix[0])
    by_row, by_column = [0.0] * (size + 1), [0.0] * (width + 1)
    taken_by = [0] * (width + 1)  # row of each column, counted from 1; 0 is free
    for row in range(1, size + 1):
        taken_by[0] = row
        column = 0
        slack, came_from = [float("inf")] * (width + 1), [0] * (width + 1)
        reached = [False] * (width + 1)
        while taken_by[column]:
            reached[column] = True
            here, delta, nearest = taken_by[column], float("inf"), 0
            for other in range(1, width + 1):
                if reached[other]:
                    continue
                cost = -matrix[here - 1][other - 1] - by_row[here] - by_column[other]
                if cost < slack[other]:
                    slack[other], came_from[other] = cost, column
                if slack[other] < delta:
                    delta, nearest = slack[other], other
            for other in range(width + 1):
                if reached[other]:
                    by_row[taken_by[other]] += delta
                    by_column[other] -= delta
                else:
                    slack[other] -= delta
            column = nearest
        while column:
            taken_by[column] = taken_by[came_from[column]]
            column = came_from[column]
    return sum(matrix[row - 1][n - 1] for n, row in enumerate(taken_by) if n and row)
