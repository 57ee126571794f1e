"""Texts with marked clusters, linked to a few entries."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from extractor.linking import LINK_ABOVE, link_clusters, names_to_look_up
from extractor.schema import Candidate, Entity
from tests.unit.extractor.annotated import annotated_document

LONDON = Candidate(
    id="wikidata:Q84",
    name="London",
    type="LOC",
    description="capital of England on the Thames",
    popularity=400,
)
ONTARIO = Candidate(
    id="wikidata:Q92561",
    name="London",
    type="LOC",
    description="city in Ontario, Canada",
    popularity=60,
)
JACK = Candidate(
    id="wikidata:Q45765",
    name="Jack London",
    type="PER",
    aliases=("London",),
    description="American novelist",
    popularity=180,
)
NATIONS = Candidate(
    id="wikidata:Q1065",
    name="United Nations",
    type="ORG",
    aliases=("UN", "UNO"),
    description="intergovernmental organization",
    popularity=300,
)


def link(
    marked: str,
    *known: Candidate,
    identifier: str = "1",
    type_: str = "",
    link_above: float = LINK_ABOVE,
    found: bool = False,
) -> list[Entity]:
    """Link the numbered clusters of a text; every name gets every candidate.

    `type_` replaces the marked types, which are DocRED's. `found`: the document does not bring the
    clusters.
    """
    document = annotated_document(marked, identifier=identifier)
    clusters = [replace(each, type=type_ or each.type) for each in document.clusters]
    document = replace(document, clusters=()) if found else document
    names = {name for names in names_to_look_up(document, clusters) for name in names}
    candidates = dict.fromkeys(names, known)
    return list(link_clusters(document, clusters, candidates, link_above=link_above))


CANDIDATES = st.lists(
    st.builds(
        Candidate,
        id=st.sampled_from([f"wikidata:Q{n}" for n in range(9)]),
        name=st.sampled_from(
            ["London", "The London", "Jack London", "Canada", "UN", "\u200d", "("]
        ),
        type=st.sampled_from(["LOC", "PER", "ORG"]),
        description=st.sampled_from(["", "city in Ontario, Canada", "capital of England"]),
        popularity=st.sampled_from([0.0, 1.0, 1.0, 300.0]),
    ),
    max_size=8,
    unique_by=lambda candidate: candidate.id,
)
