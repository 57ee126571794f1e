"""An edge is what its evidence adds up to, whatever the order."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.edges import Evidence, edge_properties

TIMES = st.dates().map(lambda day: f"{day:%Y-%m-%d}T00:00:00Z".rjust(20, "0"))
EVIDENCE = st.builds(
    Evidence,
    document=st.sampled_from(["a", "b", "c", "d"]),
    margin=st.floats(0.001, 20),
    probability=st.floats(0, 1),
    text=st.sampled_from(["One.", "Two.", "Three."]),
    checkpoint=st.sampled_from(["champion", "older", "oldest"]),
    updated_at=TIMES,
    extracted_at=TIMES,
)


def evidence(**fields: object) -> Evidence:
    defaults: dict[str, object] = {
        "document": "a",
        "margin": 1.0,
        "probability": 0.5,
        "text": "One.",
        "checkpoint": "champion",
        "updated_at": "2026-01-01T00:00:00Z",
        "extracted_at": "2026-02-01T00:00:00Z",
    }
    return Evidence(**{**defaults, **fields})  # type: ignore[arg-type]


@given(st.lists(EVIDENCE, min_size=1, max_size=8), st.randoms())
def test_the_order_of_the_evidence_changes_no_bit(rows: list[Evidence], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert edge_properties("P19", rows, champion="champion") == edge_properties(
        "P19", shuffled, champion="champion"
    )


@given(st.lists(EVIDENCE, min_size=1, max_size=8))
def test_an_edge_is_within_its_evidence(rows: list[Evidence]) -> None:
    edge = edge_properties("P19", rows, champion="champion")
    assert edge is not None
    counted = [row for row in rows if row.checkpoint == edge["checkpoint"]]
    assert edge["margin"] == max(row.margin for row in counted)
    assert max(row.probability for row in counted) <= edge["probability"] + 1e-12
    assert 0 <= edge["probability"] <= 1
    assert edge["first_seen"] <= edge["last_seen"]
    assert edge["documents"] == len({row.document for row in rows})


@given(st.lists(EVIDENCE, min_size=1, max_size=8))
def test_a_copy_of_a_sentence_adds_no_probability(rows: list[Evidence]) -> None:
    copies = [
        Evidence(
            document=f"copy {number}",
            margin=row.margin,
            probability=row.probability,
            text=row.text,
            checkpoint=row.checkpoint,
            updated_at=row.updated_at,
            extracted_at=row.extracted_at,
        )
        for number, row in enumerate(rows)
    ]
    once = edge_properties("P19", rows, champion="champion")
    twice = edge_properties("P19", [*rows, *copies], champion="champion")
    assert once is not None
    assert twice is not None
    assert once["probability"] == twice["probability"]


def test_distinct_sentences_add_up() -> None:
    rows = [evidence(), evidence(document="b", text="Two.", probability=0.8)]
    edge = edge_properties("P19", rows, champion="champion")
    assert edge is not None
    assert math.isclose(edge["probability"], 0.9)
    assert edge["documents"] == 2


def test_margins_of_two_checkpoints_never_meet() -> None:
    rows = [evidence(margin=1.0), evidence(document="b", margin=9.0, checkpoint="older")]
    edge = edge_properties("P19", rows, champion="champion")
    assert edge is not None
    assert (edge["margin"], edge["checkpoint"]) == (1.0, "champion")


def test_without_the_champion_the_newest_checkpoint_counts() -> None:
    rows = [
        evidence(checkpoint="older", margin=1.0, extracted_at="2026-03-01T00:00:00Z"),
        evidence(checkpoint="oldest", margin=9.0, extracted_at="2026-02-01T00:00:00Z"),
    ]
    edge = edge_properties("P19", rows, champion="champion")
    assert edge is not None
    assert (edge["margin"], edge["checkpoint"]) == (1.0, "older")


def test_times_are_the_documents() -> None:
    rows = [evidence(updated_at="2026-01-05T00:00:00Z"), evidence(document="b")]
    edge = edge_properties("P19", rows, champion="champion")
    assert edge is not None
    assert edge["first_seen"] == "2026-01-01T00:00:00Z"
    assert edge["last_seen"] == "2026-01-05T00:00:00Z"


@pytest.mark.parametrize("verdict", [None, "rejected"])
def test_an_edge_without_evidence_is_none(verdict: str | None) -> None:
    assert edge_properties("P19", [], champion="champion", verdict=verdict) is None


def test_a_confirmed_edge_needs_no_evidence() -> None:
    edge = edge_properties("P19", [], champion="champion", verdict="confirmed")
    assert edge is not None
    assert (edge["status"], edge["documents"]) == ("confirmed", 0)


@pytest.mark.parametrize("verdict", ["confirmed", "rejected"])
def test_a_verdict_becomes_the_status(verdict: str) -> None:
    edge = edge_properties("P19", [evidence()], champion="champion", verdict=verdict)
    assert edge is not None
    assert edge["status"] == verdict
    assert edge["margin"] == 1.0
