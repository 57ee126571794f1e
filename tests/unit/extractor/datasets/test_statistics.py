from __future__ import annotations

from dataclasses import replace

import pytest

from extractor.datasets.docred import Label, LabelledDocument
from extractor.datasets.statistics import statistics, statistics_table
from extractor.relations import RelationVocabulary, TypeConstraint
from tests.unit.extractor.annotated import labelled

OPEN = RelationVocabulary({"P19": "place of birth", "P17": "country"})
SIGNED = RelationVocabulary(
    {"P19": "place of birth"},
    {"P19": TypeConstraint(head=frozenset({"PER"}), tail=frozenset({"LOC"}))},
)
ADA = labelled(
    "[Ada|PER|0] of [Paris|LOC|1] in [France|LOC|2]. [She|PER|0] wept.",
    (0, "P19", 1),
    (0, "P17", 1),
    (1, "P17", 2),
)


def unlabelled(name: str) -> LabelledDocument:
    return labelled("[Ada|PER|0] of [Paris|LOC|1].", title=name)


def test_the_rows_of_table_1_and_what_there_is_to_learn() -> None:
    told = statistics("mine", {"train": [ADA], "test": [unlabelled("a"), unlabelled("b")]}, OPEN)
    assert told.documents == {"train": 1, "test": 2}
    assert told.relations == 3
    assert told.entities_per_document == pytest.approx(7 / 3)
    assert told.mentions_per_entity == pytest.approx(8 / 7)
    assert told.triples == 3
    assert told.triples_with_evidence == 0
    assert told.positive_share == pytest.approx(2 / 6)  # of ADA alone: the test split is unlabelled


def test_pairs_that_no_relation_admits_or_nobody_judged_do_not_count() -> None:
    signed = replace(ADA, labels=(Label(head=0, relation="P19", tail=1, evidence=(0,)),))
    told = statistics("mine", {"train": [signed]}, SIGNED)
    assert told.positive_share == pytest.approx(1 / 2)
    assert told.triples_with_evidence == 1
    judged = replace(signed, unjudged=frozenset({(0, 2), (2, 0)}))
    assert statistics("mine", {"train": [judged]}, SIGNED).positive_share == 1


def test_nothing_gives_zeros() -> None:
    told = statistics("none", {"train": []}, OPEN)
    assert (told.entities_per_document, told.mentions_per_entity) == (0, 0)
    assert told.positive_share == 0


def test_data_sets_stand_side_by_side() -> None:
    table = statistics_table(
        [
            statistics("one", {"train": [ADA] * 1200, "dev": [ADA]}, OPEN),
            statistics("second", {"train": [ADA]}, SIGNED),
        ]
    )
    assert table.splitlines() == [
        "                           one  second",
        "# train                  1,200       1",
        "# dev                        1       -",
        "# relations                  3       2",
        "entities per document      3.0     3.0",
        "mentions per entity        1.3     1.3",
        "# triples                3,603       3",
        "positive pairs           33.3%  100.0%",
        "# triples with evidence      0       0",
    ]
