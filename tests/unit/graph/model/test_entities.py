"""What documents say of an entity together does not ask who spoke first."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from extractor.schema import ENTITY_TYPES
from graph.model.entities import (
    LABELS,
    MAX_NAMES,
    Contribution,
    contribution,
    folded_name,
    has_record,
    held_properties,
    label_of,
    merge,
    ranked,
    stored_contribution,
    updated_properties,
)
from tests.unit.graph.extractions import extraction

TIMES = st.sampled_from([f"2026-01-{day:02}T00:00:00Z" for day in range(1, 29)])
CONTRIBUTIONS = st.builds(
    Contribution,
    names=st.sets(st.text("abc", min_size=1, max_size=6), min_size=1).map(ranked),
    link_confidence=st.floats(0, 1),
    first_seen=TIMES,
    last_seen=TIMES,
)


def test_every_entity_type_has_a_label() -> None:
    assert tuple(LABELS) == ENTITY_TYPES
    assert [label_of(type_) for type_ in ENTITY_TYPES] == list(LABELS.values())


def test_another_datas_type_is_misc_and_stays_in_the_property() -> None:
    [entity] = extraction(entities=["nil:tea"], triples=[]).entities
    chemical = replace(entity, type="Chemical")
    assert label_of(chemical.type) == "Misc"
    one = extraction(entities=["nil:tea"], triples=[])
    assert updated_properties(chemical, contribution(one.document, chemical))["type"] == "Chemical"


@given(st.lists(CONTRIBUTIONS, min_size=1, max_size=6), st.data())
def test_order_and_grouping_do_not_matter(rows: list[Contribution], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(1, len(rows)))
    grouped = merge([merge(shuffled[:cut]), *shuffled[cut:]])
    assert grouped == merge(rows)


@given(st.lists(CONTRIBUTIONS, min_size=1, max_size=6))
def test_a_nil_is_read_back_as_it_was_written(rows: list[Contribution]) -> None:
    [entity] = extraction(entities=["nil:eve"], triples=[]).entities
    together = merge(rows)
    assert stored_contribution(updated_properties(entity, together)) == together


def test_the_longest_name_leads_and_the_others_are_aliases() -> None:
    [entity] = extraction(entities=["nil:tea"], triples=[]).entities
    said = Contribution(
        names=ranked(["Tea", "Tea House", "Tea Hause"]),
        link_confidence=0.0,
        first_seen="2026-01-01T00:00:00Z",
        last_seen="2026-01-01T00:00:00Z",
    )
    properties = updated_properties(entity, said)
    assert properties["name"] == "Tea Hause"
    assert properties["aliases"] == ["Tea", "Tea House"]
    assert properties["folded_name"] == "tea hause"


def test_a_linked_entity_keeps_the_indexs_name() -> None:
    one = extraction(entities=["wikidata:Q1"], triples=[])
    [entity] = one.entities
    renamed = replace(entity, name="N1", aliases=("b", "a", "N1"))
    properties = updated_properties(renamed, contribution(one.document, renamed))
    assert (properties["name"], properties["aliases"]) == ("N1", ["a", "b"])
    assert properties["type"] == "PER"


def test_names_are_capped() -> None:
    names = [f"name {number}" for number in range(MAX_NAMES + 20)]
    assert len(ranked(names)) == MAX_NAMES


def test_line_breaks_inside_a_name_do_not_matter() -> None:
    one = extraction(entities=["nil:tea"], triples=[])
    [entity] = one.entities
    broken = replace(one.document, text=one.document.text.replace(" ", "\n"))
    assert contribution(broken, entity).names == ("Tea House",)


def said(*names: str, confidence: float = 0.0, first: str = "1", last: str = "2") -> Contribution:
    return Contribution(
        names=ranked(names), link_confidence=confidence, first_seen=first, last_seen=last
    )


def test_documents_together_have_all_names_and_the_widest_times() -> None:
    found = merge([said("b", confidence=0.2, first="3", last="4"), said("a", confidence=0.9)])
    assert found == said("a", "b", confidence=0.9, first="1", last="4")


def test_a_linked_entitys_names_are_not_its_documents() -> None:
    one = extraction(entities=["wikidata:Q1"], triples=[])
    [entity] = one.entities
    node = updated_properties(entity, contribution(one.document, entity))
    assert stored_contribution(node).names == ()


def test_one_other_property_is_another_record() -> None:
    [entity] = extraction(entities=["wikidata:Q1"], triples=[]).entities
    node = updated_properties(entity, said("N1"))
    assert has_record(node, entity)
    assert not has_record(node, replace(entity, description="another"))


def test_an_entity_that_no_document_mentions_is_linked_by_none() -> None:
    record = {"name": "Tea", "aliases": ["T"], "type": "MISC"}
    found = held_properties(record)
    assert (found["link_confidence"], found["first_seen"], found["last_seen"]) == (0.0, "", "")


def test_what_is_stored_of_names_is_bounded() -> None:
    assert len(ranked(f"name {number}" for number in range(70))) == 50
    assert len(folded_name("x" * 900)) == 500
