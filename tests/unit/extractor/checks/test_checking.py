"""Statements with what is known of them: other probabilities, nothing left out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.checks.checking import check_statements
from extractor.checks.weights import KINDS, CheckWeights
from tests.unit.extractor.checks.known import (
    ADA,
    ENGLAND,
    FACTS,
    LONDON,
    LOS_ANGELES,
    PORTUGAL,
    UK,
    USA,
    entity,
    statement,
)

WEIGHTS = CheckWeights(
    log_odds={"supported": 1.0, "contradicted": -2.0, "second value": -1.0},
    errors=dict.fromkeys(KINDS, 0.1),
    statements=dict.fromkeys(KINDS, 10),
    trained_on=(),
)
ENTITIES = [entity(id_) for id_ in FACTS]


def test_a_contradicted_statement_is_less_probable_and_says_why() -> None:
    said = statement(LOS_ANGELES, "P17", PORTUGAL, probability=0.82)
    (checked,) = check_statements([said], ENTITIES, WEIGHTS)
    assert checked.contradicts == f"P17 {USA}"
    assert checked.probability == pytest.approx(0.3814, abs=1e-4)
    assert replace(checked, probability=0.82, contradicts="") == said


def test_a_supported_statement_is_more_probable() -> None:
    said = statement(LONDON, "P17", UK, probability=0.5)
    (checked,) = check_statements([said], ENTITIES, WEIGHTS)
    assert checked.contradicts == ""
    assert checked.probability == pytest.approx(0.7311, abs=1e-4)


def test_what_nothing_is_known_of_stays_as_it_is() -> None:
    said = [statement(ADA, "P19", ENGLAND), statement(LONDON, "P47", PORTUGAL)]
    assert check_statements(said, ENTITIES, WEIGHTS) == tuple(said)


def test_facts_come_before_other_values() -> None:
    said = [statement(ADA, "P19", LONDON, margin=1.0), statement(ADA, "P19", PORTUGAL, margin=2.0)]
    right, wrong = check_statements(said, ENTITIES, WEIGHTS)
    assert (right.contradicts, wrong.contradicts) == ("", f"P19 {LONDON}")


SAID = st.builds(
    statement,
    head=st.sampled_from(sorted(FACTS)),
    relation=st.sampled_from(["P17", "P131", "P150", "P27", "P19", "P36", "P1376", "P30", "P57"]),
    tail=st.sampled_from(sorted(FACTS)),
    probability=st.floats(0, 1),
    margin=st.sampled_from([0.5, 1.0, 2.0]),
)


@given(
    st.lists(SAID, max_size=8, unique_by=lambda each: (each.head, each.relation, each.tail)),
    st.randoms(),
)
def test_no_statement_is_lost_and_no_order_matters(said: list, random: object) -> None:  # type: ignore[type-arg]
    checked = check_statements(said, ENTITIES)
    assert [replace(c, probability=0, contradicts="") for c in checked] == [
        replace(each, probability=0) for each in said
    ]
    assert all(0 <= each.probability <= 1 for each in checked)
    shuffled = list(said)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert set(check_statements(shuffled, ENTITIES[::-1])) == set(checked)
