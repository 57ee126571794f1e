"""The starter index: what an item's type, names and facts are, and the file that ships."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.training.parts.starter.facts import Regions, stated_facts, with_described
from benchmarks.training.parts.starter.items import Item, read_items, read_triples
from benchmarks.training.parts.starter.names import CommonWords, kept_aliases, well_formed
from benchmarks.training.parts.starter.types import asked_types, described_type, type_of_item
from benchmarks.training.starter_index import OUTPUT, entries, typed_items
from corpus.entities.file import read_entities
from corpus.knowledge.countries import countries
from corpus.knowledge.wikidata_types import SKIPPED
from extractor.schema import Candidate


def item(
    label: str, description: str = "", *aliases: str, id_: str = "Q1", classes: str = ""
) -> Item:
    return Item(
        id=id_,
        label=label,
        aliases=aliases,
        description=description,
        classes=tuple(classes.split()),
    )


@pytest.fixture
def common(tmp_path: Path) -> CommonWords:
    """Texts that write 'died' and 'office' in small letters, and 'Turkey' as it is."""
    sentence = ["It", "died", "in", "the", "office", "of", "Turkey", ",", "Turkey", "turkey", "IT"]
    documents = [{"title": title, "sents": [sentence]} for title in ("a", "b", "c", "d")]
    (tmp_path / "test_unlabelled.json").write_text(json.dumps(documents))
    return CommonWords(tmp_path)


@pytest.mark.parametrize(
    ("description", "type_"),
    [
        ("American film and television actor", "PER"),
        ("Austrian and British economist and Nobel Prize for Economics laureate", "PER"),
        ("English rock band", "ORG"),
        ("National Football League franchise in Oakland, California", "ORG"),
        ("upper house in the Parliament of the United Kingdom", "ORG"),
        ("county in Texas, USA", "LOC"),
        ("one of the twenty administrative regions of Italy", "LOC"),
        ("part of the Mediterranean Sea", "LOC"),
        ("part of the Napoleonic Wars", "MISC"),
        ("1983 film by Peter Yates", "MISC"),
        ("ethnic group", "MISC"),
        ("Wikimedia disambiguation page", SKIPPED),
        ("third month in the Julian and Gregorian calendars", SKIPPED),
        ("in Poland", None),
        ("", None),
    ],
)
def test_a_description_tells_the_type(description: str, type_: str | None) -> None:
    assert described_type(description) == type_


def test_classes_come_before_the_description_and_that_before_the_relations() -> None:
    asked = {"Q1": "LOC"}
    assert type_of_item(item("A", "rock band", classes="Q5"), asked) == "PER"
    assert type_of_item(item("A", "region of Italy", classes="Q43229 Q515"), asked) == "LOC"
    assert type_of_item(item("A", "rock band", classes="Q999999999"), asked) == "ORG"
    assert type_of_item(item("A"), asked) == "LOC"
    assert type_of_item(item("A"), {}) is None


def test_relations_ask_for_types_at_both_ends() -> None:
    triples = [("Q1", "P19", "Q2"), ("Q1", "P264", "Q3"), ("Q4", "P17", "Q2"), ("Q4", "P31", "Q5")]
    assert asked_types(triples) == {"Q1": "PER", "Q2": "LOC", "Q3": "ORG"}


def test_common_words_short_codes_and_small_letters_are_no_names(common: CommonWords) -> None:
    turkey = item(
        "Turkey", "", "turkiye", "TR", "IT", "US", "Office", "Died", "Türkiye", "🇹🇷", 'A "b'
    )
    assert kept_aliases(turkey, "LOC", common, {}) == ["US", "Türkiye"]
    assert not common.hold("Turkey")
    assert common.hold("The Office")
    assert not common.hold("Post Office")
    names = ("東京", "Jazz", "jazz", "10", 'Jim "Jack"')
    assert [well_formed(name) for name in names] == [True, True, False, False, False]


def test_the_single_words_of_a_persons_name_are_left_to_the_words_of_the_index(
    common: CommonWords,
) -> None:
    person = item("James Coburn", "", "Coburn", "James H. Coburn")
    assert kept_aliases(person, "PER", common, {}) == ["James H. Coburn"]


def test_an_adjective_belongs_to_its_place_alone(common: CommonWords) -> None:
    people = item("Scottish people", "", "Scottish", "Scotsmen", id_="Q2")
    assert kept_aliases(people, "MISC", common, {"scottish": "Q22"}) == ["Scotsmen"]
    typed = [(item("Scottish", "language"), "MISC"), (item("Scotland", id_="Q22"), "LOC")]
    language, scotland = entries(typed, Counter({"Q1": 2}), {}, common)
    assert (language["name"], "aliases" in language) == ("Scottish language", False)
    assert scotland["aliases"] == ["Scots", "Scottish"]


def test_what_is_left_out_is_counted(common: CommonWords) -> None:
    items = [
        item("jazz", "genre"),
        item("Nobody"),
        item("Election", "Wikimedia disambiguation page"),
        item("The Office", "television series"),
        item("Office", "town in Texas"),
        item("Randy", classes="Q5"),
    ]
    typed, left_out = typed_items(items, [], common)
    assert [each.label for each, _ in typed] == ["Office"]
    assert sorted(left_out.values()) == [1, 1, 1, 1, 1]


def test_the_region_and_country_of_a_place_follow_from_its_description() -> None:
    regions = Regions([item("United States of America", "", "USA", id_="Q30")])
    austin = regions.facts_of(item("Austin", "capital city of Texas, United States"))
    assert austin == {("P131", "Q1439"), ("P17", "Q30")}
    assert regions.facts_of(item("Lazio", "one of the regions of Italy")) == {("P17", "Q38")}
    assert regions.facts_of(item("Prussia", "former state in Germany")) == set()
    assert regions.facts_of(item("The Alps", "mountains in France, Italy and Austria")) == set()
    assert regions.facts_of(item("Tbilisi", "capital of Georgia")) == set()
    atlanta = regions.facts_of(item("Atlanta", "capital of Georgia, USA"))
    assert atlanta == {("P131", "Q1428"), ("P17", "Q30")}
    sunderland = regions.facts_of(item("Sunderland", "city in Tyne and Wear, North East England"))
    assert sunderland == {("P131", "Q21"), ("P17", "Q145")}
    assert regions.facts_of(item("Verona", "city in Veneto, northern Italy; a port")) == {
        ("P17", "Q38")
    }
    stated = {"Q1": {("P17", "Q183"), ("P131", "Q7")}}
    places = {"Q1": item("Perth", "city in Texas")}
    assert with_described(stated, places, regions)["Q1"] == {
        *(("P17", "Q183"), ("P131", "Q7"), ("P131", "Q1439"))
    }


def test_facts_have_both_ends_in_the_index() -> None:
    triples = [("Q1", "P17", "Q2"), ("Q1", "P17", "Q9"), ("Q2", "P17", "Q2"), ("Q1", "P106", "Q2")]
    assert stated_facts(triples, {"Q1", "Q2"}) == {"Q1": {("P17", "Q2")}}


def test_the_tables_are_read(tmp_path: Path) -> None:
    header = "qid\tlabel\taliases\tdescription\ttypes\n"
    (tmp_path / "entities.tsv").write_text(f'{header}Q1\t"A" b\tC|D\tx  y\tQ5|Q6\n')
    (tmp_path / "triples.tsv").write_text("Q1\tP17\tQ2\n\n")
    assert read_items(tmp_path) == [item('"A" b', "x y", "C", "D", classes="Q5 Q6")]
    assert list(read_triples(tmp_path)) == [("Q1", "P17", "Q2")]


def test_every_adjective_belongs_to_one_place() -> None:
    places = [place.id for place in countries()]
    assert len(places) == len(set(places)) > 250
    adjectives = Counter(demonym for place in countries() for demonym in place.demonyms)
    assert set(adjectives.values()) == {1}


def test_the_shipped_file_is_small_and_whole() -> None:
    assert OUTPUT.stat().st_size <= 1.5e6
    found = list(read_entities(OUTPUT))
    entities = {entity.id: entity for entity in found if isinstance(entity, Candidate)}
    assert len(entities) == len(found) > 13_000
    assert {entity.type for entity in entities.values()} == {"PER", "ORG", "LOC", "MISC"}
    assert "American" in entities["wikidata:Q30"].aliases
    assert "Canadian" in entities["wikidata:Q16"].aliases
    names = {name for entity in entities.values() for name in (entity.name, *entity.aliases)}
    assert not names & {"died", "she", "us", "IT", "The Office", "no", "IN"}
