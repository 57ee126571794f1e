"""An edge is what its evidence adds up to, whatever the order."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.model.edges import EdgePlan, Evidence, Support, edge_properties, plan_edges
from graph.model.records import Champion
from tests.unit.graph.extractions import RELATIONS

TIMES = st.dates().map(lambda day: f"{day:%Y-%m-%d}T00:00:00Z".rjust(20, "0"))
EVIDENCE = st.builds(
    Evidence,
    document=st.sampled_from(["a", "b", "c", "d"]),
    margin=st.floats(0.001, 20),
    probability=st.floats(0, 1),
    link_confidence=st.floats(0, 1),
    text=st.sampled_from(["One.", "Two.", "Three."]),
    checkpoint=st.sampled_from(["champion", "older", "oldest"]),
    updated_at=TIMES,
    extracted_at=TIMES,
)


CHAMPION = Champion("champion", RELATIONS)
VERDICTS = ("confirmed", "rejected")
LEVELS = st.floats(0, 1)


def evidence(**fields: object) -> Evidence:
    defaults: dict[str, object] = {
        "document": "a",
        "margin": 1.0,
        "probability": 0.5,
        "link_confidence": 1.0,
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
    assert edge_properties("P19", rows, champion=CHAMPION) == edge_properties(
        "P19", shuffled, champion=CHAMPION
    )


@given(st.lists(EVIDENCE, min_size=1, max_size=8))
def test_an_edge_is_within_its_evidence(rows: list[Evidence]) -> None:
    edge = edge_properties("P19", rows, champion=CHAMPION)
    assert edge is not None
    counted = [row for row in rows if row.checkpoint == edge["checkpoint"]]
    assert edge["margin"] == max(row.margin for row in counted)
    assert (
        max(row.probability * row.link_confidence for row in counted) <= edge["probability"] + 1e-12
    )
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
            link_confidence=row.link_confidence,
            text=row.text,
            checkpoint=row.checkpoint,
            updated_at=row.updated_at,
            extracted_at=row.extracted_at,
        )
        for number, row in enumerate(rows)
    ]
    once = edge_properties("P19", rows, champion=CHAMPION)
    twice = edge_properties("P19", [*rows, *copies], champion=CHAMPION)
    assert once is not None
    assert twice is not None
    assert once["probability"] == twice["probability"]


@given(st.lists(EVIDENCE, min_size=1, max_size=8), st.sampled_from([None, *VERDICTS]), LEVELS)
def test_the_status_follows_from_probability_verdict_and_setting(
    rows: list[Evidence], verdict: str | None, above: float
) -> None:
    champion = Champion("champion", RELATIONS, above)
    edge = edge_properties("P19", rows, champion=champion, verdict=verdict)
    assert edge is not None
    if verdict:
        assert edge["status"] == verdict
    else:
        assert edge["status"] == ("asserted" if edge["probability"] >= above else "possible")
    other = edge_properties("P19", rows, champion=CHAMPION)
    assert other is not None
    assert {**other, "status": edge["status"]} == edge, "nothing else follows from them"


@given(st.lists(EVIDENCE, min_size=1, max_size=8), LEVELS, LEVELS)
def test_a_higher_setting_never_shows_more(rows: list[Evidence], one: float, other: float) -> None:
    low, high = (
        edge_properties("P19", rows, champion=Champion("champion", RELATIONS, above))
        for above in sorted((one, other))
    )
    assert low is not None
    assert high is not None
    assert (low["status"], high["status"]) != ("possible", "asserted")


@given(st.lists(EVIDENCE, min_size=1, max_size=8))
def test_the_doubt_of_links_never_makes_an_edge_more_probable(rows: list[Evidence]) -> None:
    sure = [replace(row, link_confidence=1.0) for row in rows]
    doubted = edge_properties("P19", rows, champion=CHAMPION)
    known = edge_properties("P19", sure, champion=CHAMPION)
    assert doubted is not None
    assert known is not None
    assert doubted["probability"] <= known["probability"]


def test_an_edge_counts_the_doubt_of_its_ends() -> None:
    """'Doudna award received Nobel Peace Prize' had 0.84, though a link had 0.61."""
    edge = edge_properties(
        "P166", [evidence(probability=0.84, link_confidence=0.61)], champion=CHAMPION
    )
    assert edge is not None
    assert math.isclose(edge["probability"], 0.84 * 0.61)
    copies = [
        evidence(probability=0.8, link_confidence=0.5),
        evidence(document="b", probability=0.5, link_confidence=0.9),
    ]
    twice = edge_properties("P19", copies, champion=CHAMPION)
    assert twice is not None
    assert math.isclose(twice["probability"], 0.45), "of one sentence the surer statement counts"


def test_distinct_sentences_add_up() -> None:
    rows = [evidence(), evidence(document="b", text="Two.", probability=0.8)]
    edge = edge_properties("P19", rows, champion=CHAMPION)
    assert edge is not None
    assert math.isclose(edge["probability"], 0.9)
    assert edge["documents"] == 2


def test_the_same_sentences_have_one_probability_whoever_comes_first() -> None:
    rows = [evidence(text=f"{n}.", probability=n / 100) for n in (1, 2, 3, 7, 11)]
    naive = {1 - math.prod(1 - row.probability for row in some) for some in permutations(rows)}
    assert len(naive) > 1, "floats whose product asks for their order"
    found = [edge_properties("P19", some, champion=CHAMPION) for some in permutations(rows)]
    assert len({each["probability"] for each in found if each}) == 1


def test_margins_of_two_checkpoints_never_meet() -> None:
    rows = [evidence(margin=1.0), evidence(document="b", margin=9.0, checkpoint="older")]
    edge = edge_properties("P19", rows, champion=CHAMPION)
    assert edge is not None
    assert (edge["margin"], edge["checkpoint"]) == (1.0, "champion")


def test_without_the_champion_the_newest_checkpoint_counts() -> None:
    rows = [
        evidence(checkpoint="older", margin=1.0, extracted_at="2026-03-01T00:00:00Z"),
        evidence(checkpoint="oldest", margin=9.0, extracted_at="2026-02-01T00:00:00Z"),
    ]
    edge = edge_properties("P19", rows, champion=CHAMPION)
    assert edge is not None
    assert (edge["margin"], edge["checkpoint"]) == (1.0, "older")


def test_times_are_the_documents() -> None:
    rows = [evidence(updated_at="2026-01-05T00:00:00Z"), evidence(document="b")]
    edge = edge_properties("P19", rows, champion=CHAMPION)
    assert edge is not None
    assert edge["first_seen"] == "2026-01-01T00:00:00Z"
    assert edge["last_seen"] == "2026-01-05T00:00:00Z"


@pytest.mark.parametrize("verdict", [None, "rejected"])
def test_an_edge_without_evidence_is_none(verdict: str | None) -> None:
    assert edge_properties("P19", [], champion=CHAMPION, verdict=verdict) is None


def test_a_confirmed_edge_needs_no_evidence() -> None:
    edge = edge_properties("P19", [], champion=CHAMPION, verdict="confirmed")
    assert edge is not None
    assert (edge["status"], edge["documents"]) == ("confirmed", 0)
    assert (edge["margin"], edge["probability"]) == (0.0, 1.0), "a person is sure, no model is"


@pytest.mark.parametrize("verdict", ["confirmed", "rejected"])
def test_a_verdict_becomes_the_status(verdict: str) -> None:
    edge = edge_properties("P19", [evidence()], champion=CHAMPION, verdict=verdict)
    assert edge is not None
    assert edge["status"] == verdict
    assert edge["margin"] == 1.0


KEYS = [f"nil:{name}|P19|nil:z" for name in "hgfedcba"]


def plan(
    stored: Mapping[str, Any], *, evidenced: Sequence[str] = KEYS, keys: Sequence[str] = KEYS
) -> EdgePlan:
    support = Support(
        keys=frozenset(keys),
        evidence={key: [evidence()] for key in evidenced},
        verdicts={},
        sought=frozenset(keys),
    )
    return plan_edges(support, stored, Champion("champion", RELATIONS))


def as_stored(made: EdgePlan, **changed: object) -> dict[str, Any]:
    return {
        row["edge"]: {"type": "PLACE_OF_BIRTH", "props": {**row["props"], **changed}}
        for row in made.create
    }


def test_a_plan_creates_what_is_not_there_in_the_order_of_keys() -> None:
    made = plan({})
    assert [row["edge"] for row in made.create] == sorted(KEYS)
    assert [*made.update, *made.delete] == []
    assert made.types == RELATIONS.types


def test_a_plan_updates_what_differs_and_only_that() -> None:
    stored = as_stored(plan({}), margin=9.0)
    stored[KEYS[0]]["props"]["margin"] = 1.0
    made = plan(stored)
    assert {row["edge"] for row in made.update} == {*KEYS[1:]}
    assert {row["props"]["margin"] for row in made.update} == {1.0}
    assert [*made.create, *made.delete] == []


def test_a_stored_property_more_is_no_reason_to_write() -> None:
    assert plan(as_stored(plan({}), theirs="kept")).update == []


def test_a_plan_deletes_what_nothing_speaks_for() -> None:
    made = plan(as_stored(plan({})), evidenced=KEYS[1:])
    assert [row["edge"] for row in made.delete] == [KEYS[0]]
    assert made.loose_ends == {"nil:h", "nil:z"}
    assert plan({}, evidenced=[]).delete == [], "there is nothing to delete"


def test_no_edge_leads_from_an_entity_to_itself() -> None:
    itself = "nil:a|P19|nil:a"
    assert plan({}, evidenced=[itself], keys=[itself]).create == []


def test_an_edge_whose_type_nothing_tells_is_not_made() -> None:
    """As after an import without possible edges, some of them of an older checkpoint."""
    unknown = "nil:a|P999|nil:b"
    made = plan({}, evidenced=[unknown, *KEYS], keys=[unknown, *KEYS])
    assert [row["edge"] for row in made.create] == sorted(KEYS)


def test_relations_that_only_stored_edges_have_keep_their_types() -> None:
    foreign = {f"nil:a|{relation}|nil:b": {"type": relation, "props": {}} for relation in "ZYX"}
    found = plan(foreign, evidenced=[], keys=[*foreign, *KEYS]).types
    assert [*found.items()] == [*RELATIONS.types.items(), ("X", "X"), ("Y", "Y"), ("Z", "Z")]
