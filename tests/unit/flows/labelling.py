"""What labels are made of."""

from __future__ import annotations

from extractor.datasets.docred import LabelledDocument
from extractor.relations import RelationVocabulary
from tests.unit.extractor.annotated import labelled

VOCABULARY = RelationVocabulary({"P19": "place of birth", "P20": "place of death"})
TEXT = "[Ada|PER|0] left [Bonn|LOC|1] for [Rome|LOC|2]."


def document(title: str, *labels: tuple[int, str, int], text: str = TEXT) -> LabelledDocument:
    return labelled(f"{text} It is {title}.", *labels, title=title)
