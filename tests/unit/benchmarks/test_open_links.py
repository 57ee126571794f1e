"""What counts as a right link where most names have no entry."""

from __future__ import annotations

import pytest

from benchmarks.parts.linking_training import LinkedDocument
from benchmarks.quality.parts.open_links import Link, _before, _links, _scores
from extractor.datasets.docred import LabelledDocument
from extractor.linking import shipped_weights
from extractor.schema import Candidate
from tests.unit.extractor.annotated import annotated_document

LONDON = Candidate(id="wikidata:Q84", name="London", type="LOC", popularity=400)
ULM = Candidate(id="geonames:2", name="Ulm", type="LOC", popularity=35)
MARKED = "[London|LOC|0], [Ulm|LOC|1], [Kent|LOC|2], [Bath|LOC|3], [1815|TIME|4]."


def links(*gold: str) -> list[Link]:
    document = annotated_document(MARKED)
    labelled = LabelledDocument(
        document=document, labels=(), kb_ids=tuple((id_,) if id_ else () for id_ in (*gold, ""))
    )
    item = LinkedDocument(labelled, {"London": (LONDON,), "Ulm": (ULM,)})
    ids = frozenset({LONDON.id, ULM.id})
    return list(
        _links(item, ids, shipped_weights(), lambda choice: next(iter(choice.candidates), None))
    )


def test_a_link_is_right_where_the_index_holds_what_people_linked() -> None:
    assert links("Q84", "", "Q23298", "")[:1] == [Link("wikidata:Q84", "wikidata:Q84", True)]
    assert links("Q1", "", "Q23298", "")[:1] == [Link("", "wikidata:Q84", True)]


def test_times_are_left_out_and_what_the_index_lacks_is_nil() -> None:
    assert links("Q84", "", "Q23298", "")[2:] == [Link("", "", True)] * 2


def test_a_place_of_geonames_may_be_what_only_wikidata_names() -> None:
    assert links("Q84", "Q3012", "", "")[1] == Link("", "geonames:2", False)
    assert links("Q84", "", "", "")[1] == Link("", "geonames:2", True)
    assert links("Q84", "Q84", "", "")[1] == Link("wikidata:Q84", "geonames:2", True)


def test_scores_are_those_of_the_links_that_can_be_judged() -> None:
    right, wrong = Link("a", "a", True), Link("", "b", True)
    missed, nil, unjudged = Link("c", "", True), Link("", "", True), Link("", "d", False)
    found = _scores("world", [[right, wrong, nil], [missed, unjudged]], "_before")
    assert found["world_precision_before"] == pytest.approx(1 / 2)
    assert found["world_recall_before"] == pytest.approx(1 / 2)
    assert found["world_nil_f1_before"] == pytest.approx(2 * 1 / (2 + 3))
    assert found["world_recall_low_before"] <= 0.5 <= found["world_recall_high_before"]


def test_version_0_1_links_where_all_candidates_together_are_likely() -> None:
    weights, rule = _before()
    assert weights.version != shipped_weights().version
    assert weights.names.second[weights.features.index("trigrams")] == pytest.approx(8.8163)
    assert rule is not None
