"""What a model might say of a document's entity pairs, written down by hand."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np

from extractor.atlop.scoring import WindowScores


def window_scores(
    margins: Mapping[tuple[int, int, int], float],
    *,
    entities: int = 3,
    relations: int = 2,
    first_sentence: int = 0,
    shares: Mapping[tuple[int, int], tuple[float, ...]] | None = None,
    sentences: int = 1,
    otherwise: float = -1.0,
) -> WindowScores:
    """Return the scores of all pairs of entities.

    Args:
        margins: by head, column of the relation without TH, and tail; `otherwise` elsewhere.
        entities: how many the window shows.
        relations: columns without TH.
        first_sentence: of the window.
        shares: attention on each sentence by unordered pair; even elsewhere.
        sentences: of the window.
        otherwise: the margin of all else.
    """
    pairs = tuple(combinations(range(entities), 2))
    found = np.full((len(pairs), 2, relations), otherwise, dtype=np.float32)
    for (head, column, tail), margin in margins.items():
        row = pairs.index((min(head, tail), max(head, tail)))
        found[row, int(head > tail), column] = margin
    attention = np.full((len(pairs), sentences), 1 / sentences, dtype=np.float32)
    for pair, share in (shares or {}).items():
        attention[pairs.index(pair)] = share
    return WindowScores(
        pairs=pairs, margins=found, first_sentence=first_sentence, sentence_shares=attention
    )
