"""The statements of one document, with what else is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extractor.checks.facts import Finding, finding
from extractor.checks.values import second_values
from extractor.checks.weights import CheckWeights, shipped_weights
from extractor.schema import Entity, Statement


def check_statements(
    statements: Sequence[Statement],
    entities: Sequence[Entity],
    weights: CheckWeights | None = None,
) -> tuple[Statement, ...]:
    """Return the statements, none left out: those that something is known of more or less probable.

    Args:
        statements: of a document.
        entities: all of its entities.
        weights: the shipped ones by default.
    """
    weights = weights or shipped_weights()
    known = known_of(statements, entities)
    return tuple(
        _weighed(each, known[n], weights) if n in known else each
        for n, each in enumerate(statements)
    )


def known_of(statements: Sequence[Statement], entities: Sequence[Entity]) -> dict[int, Finding]:
    """Return what is known of statements, by index; facts come before other values."""
    by_id = {entity.id: entity for entity in entities}
    of_facts = {
        n: found
        for n, each in enumerate(statements)
        if (found := finding(each.relation, by_id[each.head], by_id[each.tail]))
    }
    return second_values(statements, by_id, of_facts) | of_facts


def _weighed(statement: Statement, known: Finding, weights: CheckWeights) -> Statement:
    return replace(
        statement,
        probability=weights.probability(statement.probability, known.kind),
        contradicts="" if known.kind == "supported" else known.fact,
    )
