"""Statement -> numbers: how sure its mentions are, how near its ends stand, and who competes.

What else was tried and gained nothing is in `docs/log.md` (2026-12-01).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from extractor.calibration.logistic import Floats, log_odds
from extractor.circumstances.meetings import Places
from extractor.schema import Entity, Span, Statement

FEATURES = (
    "log_odds",  # of the probability that the margin alone gives
    "head_mention",  # margin of the head's most doubtful mention
    "tail_mention",
    "other_tails",  # statements of the same head and relation, log(1 + others)
    "other_heads",  # of the same relation and tail
    "other_relations",  # of the same head and tail
    "same_sentence",  # head and tail, where they stand nearest; so those below
    "head_first",
    "characters_apart",  # log(1 + n)
    "place_apart",  # the same where the tail is a place, else 0
    "place_other_heads",  # other_heads where the tail is a place: one that many things share
)
SUREST_MENTION = 8.0
"""Log-odds; mentions beyond are as sure as given ones."""


def features_of(
    statements: Sequence[Statement],
    entities: Sequence[Entity],
    sentences: Sequence[Span],
) -> Floats:
    """Return the features of the statements of one document, (statements, features).

    Args:
        statements: all of the document, with the probabilities that their margins alone give.
        entities: of the document.
        sentences: of its text, ascending.
    """
    places = Places(entities, sentences)
    located = {entity.id for entity in entities if entity.type == "LOC"}
    sureness = {entity.id: _sureness(entity) for entity in entities}
    tails = Counter((each.head, each.relation) for each in statements)
    heads = Counter((each.relation, each.tail) for each in statements)
    pairs = Counter((each.head, each.tail) for each in statements)
    rows = []
    for each in statements:
        met = places.meeting(each.head, each.tail)
        apart = math.log1p(met.characters)
        other_heads = math.log(heads[each.relation, each.tail])
        is_place = each.tail in located
        rows.append(
            (
                log_odds(each.probability),
                sureness[each.head],
                sureness[each.tail],
                math.log(tails[each.head, each.relation]),
                other_heads,
                math.log(pairs[each.head, each.tail]),
                met.same_sentence,
                met.head.start < met.tail.start,
                apart,
                is_place * apart,
                is_place * other_heads,
            )
        )
    return np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES))


def _sureness(entity: Entity) -> float:
    margins = (mention.margin for mention in entity.mentions if mention.margin is not None)
    return min([SUREST_MENTION, *margins])
