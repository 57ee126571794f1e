from __future__ import annotations

from dataclasses import replace

from benchmarks.quality.clusters import equal_names, gold_mentions, gold_spans
from benchmarks.quality.end_to_end import (
    NameIndex,
    exact_matches,
    gold_ids,
    indexed,
    relation_score,
)
from extractor.schema import Entity, Extraction, Mention, Statement
from tests.unit.extractor.annotated import annotated_document, labelled

ITEM = labelled(
    "[Ada Lovelace|PER|0] left [London|LOC|1]. [Lovelace|PER|0], [Ada|PER|0]", (0, "P19", 1)
)
ADA, LONDON = (cluster.mentions for cluster in ITEM.document.clusters)
NAMES = {
    "One": {"Q84": {"London": "LOC"}, "Q1": {"Ada": "PER", "Ada Lovelace": "PER"}},
    "Two": {"Q84": {"London": "LOC", "Londinium": "LOC"}, "Q2": {"London": "PER"}},
}


def extraction(*mentions: tuple[Mention, ...], relation: str = "P19") -> Extraction:
    """Return entities 'e0', 'e1', ... and one statement of the first about the second."""
    entities = tuple(
        Entity(id=f"e{n}", name="", type=each[0].type, mentions=each)
        for n, each in enumerate(mentions)
    )
    statement = Statement(
        head="e0", relation=relation, tail="e1", margin=1, probability=1, sentences=(), text=""
    )
    return Extraction(document=ITEM.document, entities=entities, statements=(statement,))


def test_an_entity_is_right_with_all_its_mentions_and_no_other() -> None:
    assert exact_matches(extraction(ADA, LONDON), ITEM) == {"e0": 0, "e1": 1}
    assert exact_matches(extraction(ADA[:2], LONDON), ITEM) == {"e0": None, "e1": 1}
    assert exact_matches(extraction(ADA, (*LONDON, ADA[0])), ITEM) == {"e0": 0, "e1": None}


def test_a_triple_is_right_when_both_ends_and_the_relation_are() -> None:
    def f1(found: Extraction) -> float:
        return relation_score([found], [ITEM], exact_matches).f1

    assert f1(extraction(ADA, LONDON)) == 1.0
    assert f1(extraction(ADA[:2], LONDON)) == f1(extraction(ADA, LONDON, relation="P20")) == 0.0
    assert relation_score([], [], exact_matches).f1 == 0.0


def test_the_index_names_entities_as_the_other_documents_do() -> None:
    entries = {entry.id: entry for entry in indexed(NAMES, left_out="One")}
    assert list(entries) == ["wikidata:Q1", "wikidata:Q2", "wikidata:Q84"]
    assert {entries["wikidata:Q84"].name, *entries["wikidata:Q84"].aliases} == {
        "London", "Londinium",
    }  # fmt: skip
    assert entries["wikidata:Q1"].name == "Ada Lovelace"  # nobody else names it
    assert entries["wikidata:Q1"].aliases == ()
    found = NameIndex(list(entries.values())).candidates(["the LONDON", "Ada"], limit=1)
    assert [entry.id for entry in found["the LONDON"]] == ["wikidata:Q2"]
    assert found["Ada"] == ()


def test_a_gold_cluster_has_the_id_that_owns_most_of_its_names() -> None:
    assert gold_ids(ITEM.document, NAMES["One"]) == {0: "Q1", 1: "Q84"}


def test_a_span_of_two_gold_clusters_is_one_mention_of_the_first() -> None:
    document = annotated_document("[Ada|PER|0] and [Bob|PER|1]")
    first, second = document.clusters
    both = replace(document, clusters=(first, replace(second, mentions=first.mentions)))
    assert gold_spans(both) == [{(0, 3)}]
    assert gold_mentions(both) == list(first.mentions)


def test_the_baseline_joins_equal_names_whatever_their_types() -> None:
    document = annotated_document("[Ada|PER|0], [ADA|MISC|1], [Adam|PER|2]")
    assert equal_names(document) == [{(0, 3), (5, 8)}, {(10, 14)}]
