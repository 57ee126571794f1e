"""What speaks against a statement, from the extraction to its edge."""

from __future__ import annotations

from dataclasses import replace

from graph.model.edges import contradicted
from graph.model.rows import document_rows
from graph.writing.edges import own_evidence
from tests.unit.graph.extractions import RUN, extraction
from tests.unit.graph.model.test_edges import evidence

AGAINST = "P17 wikidata:Q145"


def test_an_edge_counts_the_documents_that_something_speaks_against() -> None:
    against = evidence(contradicts=AGAINST)
    assert contradicted([against, evidence(document="b")]) == 1
    assert contradicted([against, evidence(document="b", contradicts=AGAINST)]) == 2
    assert contradicted([against, against]) == 1
    assert contradicted([evidence()]) == 0


def test_it_is_stored_with_the_evidence_and_makes_it_new() -> None:
    made = extraction(1)
    (statement,) = made.statements
    flagged = replace(made, statements=(replace(statement, contradicts=AGAINST),))
    plain, changed = (
        document_rows(each, run=RUN, extracted_at="2026-02-01T00:00:00Z")
        for each in (made, flagged)
    )
    assert [row["contradicts"] for row in (*plain.evidence, *changed.evidence)] == ["", AGAINST]
    assert plain.document["props"]["digest"] != changed.document["props"]["digest"]
    assert [each.contradicts for _, each in own_evidence([changed])] == [AGAINST]


def test_evidence_of_version_0_1_has_nothing_against_it() -> None:
    rows = document_rows(extraction(1), run=RUN, extracted_at="2026-02-01T00:00:00Z")
    for row in rows.evidence:
        del row["contradicts"]
    assert [each.contradicts for _, each in own_evidence([rows])] == [""]
