"""Which entity is meant: by id, by a name of its own, by a name of many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from extractor.relations import RelationVocabulary
from flows.corrections.lookup import find_entity, relation_id
from flows.errors import CorrectionsRejected, NoSuchEntity
from graph.client import Graph
from graph.model.records import FoundEntity
from tests.unit.flows.reports.samples import entity


class Finds:
    """Stands in for the graph's search by name; nothing else of a graph is there."""

    def __init__(self, *found: FoundEntity) -> None:
        self._found = list(found)

    def find(self, name: str) -> list[FoundEntity]:
        return self._found


def choose_last(name: str, entities: Sequence[FoundEntity]) -> FoundEntity:
    return entities[-1]


def resolved(name: str, *found: FoundEntity) -> str:
    return find_entity(cast(Graph, Finds(*found)), name, choose_last).id


def test_a_name_of_one_entity_is_that_entity() -> None:
    assert resolved("Paris", entity("wikidata:Q90")) == "wikidata:Q90"


def test_an_ambiguous_name_is_asked_about() -> None:
    assert resolved("Paris", entity("wikidata:Q90"), entity("wikidata:Q830149")) == (
        "wikidata:Q830149"
    )


def test_an_id_is_never_ambiguous() -> None:
    found = entity("wikidata:Q90"), entity("nil:1", name="wikidata:Q90")
    assert resolved("wikidata:Q90", *found) == "wikidata:Q90"


def test_an_unknown_name_says_how_to_find_one() -> None:
    with pytest.raises(NoSuchEntity, match=r"'Atlantis'.*factloom find"):
        resolved("Atlantis")


@pytest.mark.parametrize(
    ("given", "offered"),
    [
        ("birth", "do you mean 'place of birth' or 'date of birth'"),
        ("place of brith", "do you mean 'place of birth'"),
        ("Award", "do you mean 'award received'"),
        ("xyz", "'xyz' is no relation of the checkpoint: factloom relations lists them all"),
        ("", "'' is no relation of the checkpoint: factloom relations"),
    ],
)
def test_near_relations_are_offered_where_one_is_unknown(given: str, offered: str) -> None:
    names = {"P19": "place of birth", "P569": "date of birth", "P166": "award received"}

    with pytest.raises(CorrectionsRejected, match=offered):
        relation_id(RelationVocabulary(names), given)
