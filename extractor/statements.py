"""Margins -> Statement: what is asserted, how sure, and which sentences say so."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.calibration.calibration import Calibrator
from extractor.calibration.evidence import (
    EvidenceCase,
    EvidenceRule,
    evidence_sentences,
    sentences_of,
)
from extractor.relations import RelationVocabulary
from extractor.schema import Block, Document, Entity, Span, Statement
from extractor.signatures import TypeStatistics
from extractor.text.blocks import block_around, surroundings_of

MARGIN_DECIMALS = 4
"""Beyond these, a margin depends on which documents shared the batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairMargins:
    """What one window says of one ordered entity pair."""

    head: int
    """Index of an entity of the document."""
    tail: int
    margins: NDArray[np.float32]
    """(relations,) without TH."""
    first_sentence: int
    sentence_shares: NDArray[np.float32]
    """(sentences,) from first_sentence on."""


def decode(
    document: Document,
    sentences: Sequence[Span],
    entities: Sequence[Entity],
    pairs: Iterable[PairMargins],
    *,
    relations: RelationVocabulary,
    calibrator: Calibrator,
    evidence: EvidenceRule,
    blocks: Sequence[Block] = (),
) -> tuple[Statement, ...]:
    """Return the statements with a margin above 0, sorted by head, relation and tail.

    Of several windows that show a pair, the one with the largest margin speaks for a relation.

    Evidence is no row and no item that mentions neither end.

    Raises:
        FloatingPointError: a margin is not a number.
    """
    best: dict[tuple[int, int, int], PairMargins] = {}
    for pair in pairs:
        if not np.isfinite(pair.margins).all():
            raise FloatingPointError("the model gave a margin that is not finite")
        for column in np.flatnonzero(pair.margins > 0).tolist():
            key = (pair.head, column, pair.tail)
            if key not in best or best[key].margins[column] < pair.margins[column]:
                best[key] = pair
    places = [sentences_of(entity.mentions, sentences) for entity in entities]
    aside = _in_lists_and_tables(sentences, blocks)
    pages = pages_of(document.blocks, sentences)
    statements = []
    for (head, column, tail), pair in best.items():
        margin = round(float(pair.margins[column]), MARGIN_DECIMALS)
        if not margin:
            continue
        case = EvidenceCase(
            shares=pair.sentence_shares,
            first_sentence=pair.first_sentence,
            head_sentences=places[head],
            tail_sentences=places[tail],
        )
        beside = aside - places[head] - places[tail]
        chosen = tuple(n for n in evidence_sentences(case, evidence) if n not in beside)
        statements.append(
            Statement(
                head=entities[head].id,
                relation=relations.ids[column],
                tail=entities[tail].id,
                margin=margin,
                probability=calibrator.probability(margin, column),
                sentences=chosen,
                text=" ".join(document.text[sentences[n].start : sentences[n].end] for n in chosen),
                pages=tuple(sorted({pages[n] for n in chosen} - {0})),
            )
        )
    return tuple(sorted(statements, key=lambda s: (s.head, s.relation, s.tail)))


def _in_lists_and_tables(sentences: Sequence[Span], blocks: Sequence[Block]) -> frozenset[int]:
    """Return the sentences that stand in an item or a row."""
    places = surroundings_of(blocks)
    held = (block_around(each.start, each.start + 1, blocks) for each in sentences)
    return frozenset(n for n, index in enumerate(held) if index >= 0 and places[index])


def pages_of(blocks: Sequence[Block], sentences: Sequence[Span]) -> list[int]:
    """Return the page on which each sentence begins; 0 where there are none."""
    if not any(block.page for block in blocks):
        return [0] * len(sentences)
    ends = [block.end for block in blocks]
    inside = (bisect_right(ends, sentence.start) for sentence in sentences)
    return [blocks[each].page if each < len(blocks) else 0 for each in inside]


def possible(
    statements: Sequence[Statement], entities: Sequence[Entity], signatures: TypeStatistics
) -> tuple[tuple[Statement, ...], Mapping[str, int]]:
    """Return the statements that their entities' types allow, and why how many others are rejected.

    A linked entity has the type that the entity index gives it.
    """
    types = {entity.id: entity.type for entity in entities}
    reasons = [
        signatures.objection(each.relation, types[each.head], types[each.tail])
        for each in statements
    ]
    kept = (each for each, reason in zip(statements, reasons, strict=True) if reason is None)
    return tuple(kept), Counter(reason for reason in reasons if reason is not None)
