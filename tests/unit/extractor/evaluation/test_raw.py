"""Labelled documents as raw texts."""

from __future__ import annotations

from dataclasses import replace

from extractor.evaluation.raw import majority_matches, raw
from extractor.schema import Block, Entity, Extraction, Mention
from tests.unit.extractor.annotated import labelled

ITEM = labelled(
    "[Ada Lovelace|PER|0] left [London|LOC|1]. [Lovelace|PER|0], [Ada|PER|0]", (0, "P19", 1)
)
ADA, LONDON = (cluster.mentions for cluster in ITEM.document.clusters)


def extraction(*mentions: tuple[Mention, ...]) -> Extraction:
    entities = tuple(
        Entity(id=f"e{n}", name="", type=each[0].type, mentions=each)
        for n, each in enumerate(mentions)
    )
    return Extraction(document=ITEM.document, entities=entities, statements=())


def test_text_and_layout_are_left() -> None:
    block = Block(start=0, end=10, kind="paragraph")
    left = raw(replace(ITEM.document, blocks=(block,)))
    assert left == replace(ITEM.document, blocks=(block,), sentences=(), clusters=())


def test_a_majority_is_more_than_half_of_what_was_found() -> None:
    assert majority_matches(extraction(ADA[:1], LONDON), ITEM) == {"e0": 0, "e1": 1}
    assert majority_matches(extraction((*LONDON, ADA[0]), LONDON), ITEM)["e0"] is None
