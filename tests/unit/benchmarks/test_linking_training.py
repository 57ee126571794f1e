"""Weights are learned from documents with gold ids."""

from __future__ import annotations

import pytest

from benchmarks.parts.linking_training import LinkedDocument, PreparedDocument, train_linking
from extractor.datasets.docred import LabelledDocument
from extractor.linking import link_clusters
from extractor.schema import Candidate
from tests.unit.extractor.annotated import annotated_document

CAPITAL = Candidate(
    id="wikidata:Q84", name="London", type="LOC", description="capital of England", popularity=9
)
CITY = Candidate(id="wikidata:Q92561", name="London", type="LOC", description="city in Ontario")
TEXTS = {
    "[London|LOC|0] is the capital of England.": "Q84",
    "[London|LOC|0] is a city in Ontario.": "Q92561",
    "[London|LOC|0] is a ship.": "Q84",
    "[London Road|LOC|0] is a street.": "",
}


def linked(marked: str, id_: str, number: int) -> LinkedDocument:
    document = annotated_document(marked, identifier=str(number))
    return LinkedDocument(
        LabelledDocument(document=document, labels=(), kb_ids=((id_,) if id_ else (),)),
        dict.fromkeys(("London", "London Road"), (CAPITAL, CITY)),
    )


def documents() -> list[LinkedDocument]:
    return [
        linked(marked, id_, number) for number, (marked, id_) in enumerate([*TEXTS.items()] * 12)
    ]


def test_learned_weights_link_what_they_were_learned_from() -> None:
    weights = train_linking([PreparedDocument(item) for item in documents()])
    for item in documents()[: len(TEXTS)]:
        document = item.labelled.document
        (entity,) = link_clusters(document, document.clusters, item.candidates, weights)
        assert entity.kb_id == "".join(item.labelled.kb_ids[0])


def test_the_order_of_documents_does_not_matter() -> None:
    prepared = [PreparedDocument(item) for item in documents()]
    weights = train_linking(prepared)
    again = train_linking(prepared[::-1])
    assert weights.names.second == pytest.approx(again.names.second, abs=2e-4)
    assert weights.names.slope == pytest.approx(again.names.slope, abs=2e-4)
    assert weights.trained_on == again.trained_on


def test_a_document_that_counts_more_moves_the_weights() -> None:
    some = documents()
    heavy = [LinkedDocument(i.labelled, i.candidates, 5.0) for i in some]
    plain = train_linking([PreparedDocument(item) for item in some])
    heavier = train_linking([PreparedDocument(item) for item in heavy])
    assert heavier.names.second != plain.names.second


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(ValueError, match="Platt scaling needs"):
        train_linking([PreparedDocument(linked("[Kent|LOC|0].", "Q1", 1))])
