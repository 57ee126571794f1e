from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.linking import link_clusters, mentioned_names, names_to_look_up, nil_id
from extractor.linking.features import REMEMBERED_ENTITIES, _known_names
from extractor.linking.ranking import Ranking, _contexts, _options
from extractor.schema import Candidate, Cluster, Mention
from tests.unit.extractor.annotated import annotated_document
from tests.unit.extractor.linked import CANDIDATES, JACK, LONDON, NATIONS, ONTARIO, link


def test_the_popular_entry_wins_where_nothing_else_speaks() -> None:
    (entity,) = link("We left [London|LOC|0].", LONDON, ONTARIO)
    assert (entity.id, entity.kb_id, entity.linked) == ("wikidata:Q84", "Q84", True)
    assert (entity.name, entity.description) == ("London", LONDON.description)
    assert 0.5 < entity.link_confidence < 1


def test_the_popular_entry_loses_to_the_one_that_the_text_describes() -> None:
    (entity,) = link("[London|LOC|0] is a city in Ontario, Canada.", LONDON, ONTARIO)
    assert entity.id == "wikidata:Q92561"


def test_the_entitys_own_name_is_no_context() -> None:
    named = Candidate(id="wikidata:Q1", name="London", type="LOC", description="London London")
    (entity,) = link("[London|LOC|0] grew.", named, LONDON)
    assert entity.id == "wikidata:Q84"


def test_a_candidate_of_another_type_is_not_linked() -> None:
    (entity,) = link("[London|LOC|0] wrote.", JACK)
    assert not entity.linked
    assert entity.id.startswith("nil:")
    assert (entity.kb_id, entity.link_confidence) == ("", 0.0)


def test_organisations_places_and_works_may_be_taken_for_each_other() -> None:
    (entity,) = link("The [United Nations|LOC|0] met.", NATIONS)
    assert (entity.id, entity.type) == ("wikidata:Q1065", "ORG")


def test_the_stated_type_is_preferred_to_one_that_may_be_taken_for_it() -> None:
    club = Candidate(id="wikidata:Q2", name="London", type="ORG", popularity=400)
    (entity,) = link("[London|LOC|0] won.", club, LONDON)
    assert entity.id == "wikidata:Q84"


def test_a_candidate_must_bear_one_of_the_names() -> None:
    (entity,) = link("[Londonderry|LOC|0] grew.", LONDON)
    assert not entity.linked


def test_an_alias_and_an_article_are_names_too() -> None:
    assert link("[the UN|ORG|0] met.", NATIONS)[0].linked


@pytest.mark.parametrize("type_", ["TIME", "NUM"])
def test_times_and_numbers_are_never_linked(type_: str) -> None:
    year = Candidate(id="wikidata:Q7", name="1815", type=type_)
    (entity,) = link(f"In [1815|{type_}|0].", year)
    assert not entity.linked


def test_clusters_that_link_to_one_entry_become_one_entity() -> None:
    (entity,) = link("[United Nations|ORG|0] or [UNO|ORG|1], the [United Nations|ORG|0].", NATIONS)
    assert entity.id == "wikidata:Q1065"
    starts = [mention.start for mention in entity.mentions]
    assert len(starts) == 3
    assert starts == sorted(starts)


def test_nil_clusters_of_one_name_become_one_entity_that_keeps_every_name() -> None:
    (entity,) = link("[The Blue Band|ORG|0] and [Blue  Band|ORG|1]", found=True)
    assert len(entity.mentions) == 2
    assert {entity.name, *entity.aliases} == {"The Blue Band", "Blue Band"}


def test_two_of_one_name_stay_two_where_the_document_says_so() -> None:
    """Whatever else it says; the first keeps the id that it has alone."""
    text = "[John Smith|PER|0] met [Ann Ray|PER|1] and [John Smith|PER|2], the [John Smith|PER|0]."
    one, _, other = link(text)
    assert (len(one.mentions), len(other.mentions)) == (2, 1)
    assert one.id == link("[John Smith|PER|0] left.")[0].id
    assert other.id == link("[John Smith|PER|0], [John Smith|PER|1].")[1].id
    assert other.id != link(text, identifier="2")[2].id
    assert len({entity.id for entity in link("[Ann|PER|0] [Ann|PER|1] [Ann|PER|2]")}) == 3


def test_equal_values_are_one_whatever_the_document_says() -> None:
    assert len(link("[May 1815|TIME|0], [May 1815|TIME|1]; [5 %|NUM|2], [5%|NUM|3]")) == 2


@pytest.mark.parametrize("names", [("C", "C++", "C#"), ("$5", "£5"), ("13", "13 %"), ("-5", "5")])
def test_names_that_symbols_tell_apart_have_ids_of_their_own(names: tuple[str, ...]) -> None:
    for type_ in ("MISC", "NUM"):
        marked = ", ".join(f"[{name}|{type_}|{n}]" for n, name in enumerate(names))
        assert len({entity.id for entity in link(marked, found=True)}) == len(names)


def test_a_nil_entity_is_named_by_its_longest_name() -> None:
    (entity,) = link("[Ada|PER|0], [Ada Lovelace|PER|0] and [Lovelace|PER|0]")
    assert entity.name == "Ada Lovelace"
    assert entity.aliases == ("Lovelace", "Ada")


@pytest.mark.parametrize(
    ("type_", "name", "same"),
    [
        ("PER", "Charles", False),
        ("PER", "Charles Smith", False),
        ("ORG", "Acme", False),
        ("LOC", "the Village", False),
        ("ORG", "United Nations", True),
        ("ORG", "the United Nations", True),
        ("TIME", "1815", True),
        ("NUM", "two", True),
    ],
)
def test_the_scope_of_a_nil_entity(type_: str, name: str, same: bool) -> None:
    (one,) = link(f"[{name}|{type_}|0]", identifier="1")
    (other,) = link(f"[{name}|{type_}|0]", identifier="2")
    assert (one.id == other.id) == same


def test_a_date_has_its_iso_value_as_an_alias() -> None:
    found = {
        entity.name: entity.aliases for entity in link("On [May 10, 1815|TIME|0], [1815|TIME|1]")
    }
    assert found == {"May 10, 1815": ("1815-05-10",), "1815": ()}
    (date,) = link("[May 10, 1815|TIME|0], [10 May 1815|TIME|0]; [1815-05-10|TIME|0]")
    assert date.aliases == ("10 May 1815", "1815-05-10")


def test_every_spelling_of_a_date_has_one_nil_id_in_all_documents() -> None:
    one, other = annotated_document("", identifier="1"), annotated_document("", identifier="2")
    expected = nil_id(one, "TIME", "31 January 2026")
    assert nil_id(other, "TIME", "January 31, 2026") == expected
    assert nil_id(other, "TIME", "January 2026") != expected
    assert nil_id(other, "MISC", "2026-01-31") != nil_id(other, "MISC", "31 January 2026")


def test_nil_ids_do_not_depend_on_case_accents_or_articles() -> None:
    document = annotated_document("x")
    expected = nil_id(document, "ORG", "the École Normale")
    assert nil_id(document, "ORG", "ECOLE NORMALE") == expected
    assert nil_id(document, "LOC", "the École Normale") != expected


def test_the_order_of_candidates_does_not_matter() -> None:
    twin = Candidate(id="wikidata:Q0", name="London", type="LOC", popularity=400)
    results = {
        str(link("[London|LOC|0] in Ontario.", *order))
        for order in permutations((LONDON, ONTARIO, JACK, twin))
    }
    assert len(results) == 1


def test_an_abbreviation_is_linked_by_what_the_document_says_it_stands_for() -> None:
    failure = Candidate(id="mesh:D058186", name="Acute Kidney Failure", type="Disease")
    text = "After acute kidney failure (AKF) came more [AKF|MISC|0]."
    (entity,) = link(text, failure, type_="Disease")
    assert entity.id == "mesh:D058186"


@pytest.mark.parametrize(
    ("name", "type_", "linked"),
    [
        ("seizure", "Disease", True),
        ("Londn", "LOC", False),
    ],
)
def test_only_names_that_are_no_proper_ones_are_linked_by_likeness(
    name: str, type_: str, linked: bool
) -> None:
    known = Candidate(id="mesh:D012640", name="Seizures", type="Disease")
    (entity,) = link(f"The [{name}|MISC|0].", known, LONDON, type_=type_)
    assert entity.linked == linked


def test_a_place_is_that_of_the_documents_other_links() -> None:
    canada = Candidate(id="wikidata:Q16", name="Canada", type="LOC", description="Canada, country")
    entities = link(
        "[London|LOC|0] lies in [Ontario|LOC|1], [Canada|LOC|2].", LONDON, ONTARIO, canada
    )
    assert [entity.id for entity in entities][::2] == ["wikidata:Q92561", "wikidata:Q16"]


@given(candidates=CANDIDATES, data=st.data())
def test_no_order_matters(candidates: list[Candidate], data: st.DataObject) -> None:
    document = annotated_document(
        "[London|LOC|0], [Jack London|PER|1] of [Canada|LOC|2] at the [UN|ORG|3], [London|ORG|4]."
    )
    shuffled = data.draw(st.permutations(candidates))
    order = data.draw(st.permutations(document.clusters))
    names = {name for cluster in document.clusters for name in mentioned_names(document, cluster)}
    found = link_clusters(document, document.clusters, dict.fromkeys(names, candidates))
    again = link_clusters(document, order, dict.fromkeys(names, shuffled))
    assert set(found) == set(again)


@given(name=st.text(min_size=1, max_size=2_000).filter(str.strip))
def test_any_name_has_a_link_or_an_id_of_its_own(name: str) -> None:
    mention = Mention(start=0, end=len(name), type="MISC")
    cluster = Cluster(type="MISC", mentions=(mention,))
    document = replace(annotated_document("x"), text=name)
    known = Candidate(id="wikidata:Q1", name=name[:512], type="MISC")
    (entity,) = link_clusters(document, [cluster], {name: (known,)})
    assert entity.mentions == (mention,)


def test_a_cluster_of_many_spellings_takes_time_by_their_number() -> None:
    asked = []

    class Names(tuple[str, ...]):
        def __iter__(self) -> Iterator[str]:
            asked.append(self)
            return super().__iter__()

    other = replace(LONDON, name="Londonderry")
    names = Names(f"London{n}" for n in range(100))
    assert _options("LOC", names, dict.fromkeys(tuple(names), (other,))) == ()
    assert len(asked) <= 4


def test_the_clusters_of_a_document_share_what_surrounds_them() -> None:
    document = annotated_document("[London|LOC|0], [Paris|LOC|1], Rome.", identifier="1")
    london, paris = _contexts(document, names_to_look_up(document, document.clusters))
    assert london.words is paris.words
    assert london.names is paris.names


def test_a_certain_link_is_compared_with_the_two_most_certain_only() -> None:
    marked = "".join(f"[Town{n}|LOC|{n}] " for n in range(20))
    document = annotated_document(marked, identifier="1")
    known = {f"Town{n}": [replace(LONDON, id=f"wikidata:Q{n}", name=f"Town{n}")] for n in range(20)}
    ranking = Ranking(document, document.clusters, known)
    with patch("extractor.linking.ranking.coherence", return_value=0.0) as coherence:
        ranking.learn_links([np.array([0.9])] * 20)
    assert all(len(of_word) <= 2 for of_word in coherence.call_args[0][2].values())


def test_no_more_entities_are_remembered_than_fit_in_memory() -> None:
    assert _known_names.cache_info().maxsize == REMEMBERED_ENTITIES <= 10_000
