"""A link is written where its candidate is likely; what is doubtful is kept for people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.linking import (
    link_clusters,
    mentioned_names,
    names_to_look_up,
    rank_clusters,
    shipped_weights,
)
from extractor.schema import Candidate
from tests.unit.extractor.annotated import annotated_document
from tests.unit.extractor.linked import CANDIDATES, LONDON, ONTARIO, link

BAND = Candidate(id="wikidata:Q9", name="Blue Band", type="ORG")


def test_of_equal_candidates_the_smaller_id_is_kept_as_a_candidate_and_none_is_linked() -> None:
    twins = [Candidate(id=f"wikidata:Q{n}", name="London", type="LOC") for n in (7, 3, 5)]
    (entity,) = link("[London|LOC|0]", *twins)
    assert (entity.linked, entity.link_confidence) == (False, 0.0)
    assert entity.candidate == "wikidata:Q3"
    assert 0.1 <= entity.candidate_confidence < 0.5


def test_a_link_is_written_from_the_confidence_that_is_asked_for() -> None:
    (sure,) = link("[London|LOC|0]", LONDON)
    (linked,) = link("[London|LOC|0]", LONDON, link_above=sure.link_confidence - 1e-5)
    assert linked == sure
    (doubted,) = link("[London|LOC|0]", LONDON, link_above=sure.link_confidence + 1e-5)
    assert not doubted.linked
    assert (doubted.candidate, doubted.candidate_confidence) == (sure.id, sure.link_confidence)


def test_what_has_no_likely_entry_has_no_candidate() -> None:
    (entity,) = link("[London Road Bridge|LOC|0]", ONTARIO)
    assert (entity.candidate, entity.candidate_confidence) == ("", 0.0)


def test_nil_clusters_of_one_name_keep_the_surest_candidate() -> None:
    known = {"The Blue Band": (BAND,), "Blue Band": (BAND, replace(BAND, id="wikidata:Q8"))}
    brought = annotated_document("[The Blue Band|ORG|0] and [Blue  Band|ORG|1]")
    document = replace(brought, clusters=())
    (entity,) = link_clusters(document, brought.clusters, known, link_above=1.0)
    (alone, _) = rank_clusters(document, brought.clusters, known, shipped_weights())
    assert (entity.candidate, entity.candidate_confidence) == (
        BAND.id,
        round(alone.confidence, 6),
    )


PLACES = ("Manchester", "Paris", "Coimbra", "Graz", "Oslo", "Bern", "Cambridge")
UNIVERSITIES = tuple(
    Candidate(id=f"wikidata:Q{n}", name=f"University of {place}", type="ORG", popularity=300.0 - n)
    for n, place in enumerate(PLACES)
)


@pytest.mark.parametrize(
    "name",
    ["University of Exeter", "of Malaga", "University of Minnesota", "University of Winnipeg"],
)
def test_a_name_that_the_index_lacks_is_not_its_likeliest_neighbour(name: str) -> None:
    (entity,) = link(f"She studied at the [{name}|ORG|0].", *UNIVERSITIES)
    assert not entity.linked


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("The [Airport|MISC|0] ran for weeks.", True),
        ("We met at [the airport|MISC|0].", False),
        ("We met at [The airport|MISC|0].", False),
        ("They use [numpy|MISC|0].", True),
        ("They use [Numpy|MISC|0].", True),
    ],
)
def test_what_is_written_in_small_letters_is_a_name_as_it_stands_only(
    text: str, linked: bool
) -> None:
    film = Candidate(id="wikidata:Q4", name="Airport", type="MISC", popularity=90)
    library = Candidate(id="wikidata:Q5", name="numpy", type="MISC", popularity=90)
    (entity,) = link(text, film, library, link_above=0.2)
    assert entity.linked == linked


def test_words_beside_a_proper_name_are_not_looked_up() -> None:
    document = annotated_document("The [Nobel Prize|MISC|0], [the prize|MISC|0] of [1901|TIME|1].")
    assert names_to_look_up(document, document.clusters) == [("Nobel Prize",), ()]
    assert mentioned_names(document, document.clusters[0]) == ("Nobel Prize", "the prize")


def test_an_index_that_knows_the_rest_of_a_document_is_believed_more() -> None:
    canada = Candidate(id="wikidata:Q16", name="Canada", type="LOC")
    known = link("[London|LOC|0], [Canada|LOC|1].", LONDON, canada)[0]
    unknown = link("[London|LOC|0], [Acadia|LOC|1].", LONDON, canada)[0]
    assert known.link_confidence > unknown.link_confidence


@given(candidates=CANDIDATES.filter(len), data=st.data())
def test_wrong_candidates_make_no_link(candidates: list[Candidate], data: st.DataObject) -> None:
    marked = data.draw(st.sampled_from(["[London|LOC|0] grew.", "The [UN|ORG|0]; Canada."]))
    wrong = [each for each in candidates if not link(marked, each)[0].linked]
    assert not link(marked, *wrong)[0].linked


@given(candidates=CANDIDATES.filter(len), data=st.data())
def test_a_further_candidate_makes_no_other_surer(
    candidates: list[Candidate], data: st.DataObject
) -> None:
    document = annotated_document("[The London|LOC|0] of Ontario.")

    def confidences(known: list[Candidate]) -> dict[str, float]:
        found = dict.fromkeys(("The London", "London"), known)
        (choice,) = rank_clusters(document, document.clusters, found, shipped_weights())
        ids = (each.id for each in choice.candidates)
        return dict(zip(ids, choice.confidences, strict=True))

    alone = confidences(candidates[1:])
    together = confidences(candidates)
    assert all(together[id_] <= confidence + 1e-9 for id_, confidence in alone.items())
