"""What speaks against an edge is shown with it."""

from __future__ import annotations

import io
from dataclasses import replace

from flows.cli.views.explain import show_between
from flows.cli.views.terminal import Terminal
from flows.records import Counts
from tests.unit.flows.reports.samples import edge, entity, evidence
from tests.unit.graph.extractions import extraction


def test_explain_says_what_speaks_against_an_edge() -> None:
    file = io.StringIO()
    found = edge(contradicted=1, evidence=(evidence(contradicts="P17 wikidata:Q1"),))
    show_between(Terminal(file=file, width=200), entity("a"), entity("b"), [found])
    assert "1 document, contradicted in 1" in file.getvalue()
    assert "contradicts P17 wikidata:Q1" in file.getvalue()


def test_a_run_counts_what_is_contradicted() -> None:
    made = extraction(1)
    flagged = [replace(each, contradicts="P17 wikidata:Q1") for each in made.statements]
    assert Counts.of_extractions([made]).contradicted == 0
    assert Counts.of_extractions([made, replace(made, statements=tuple(flagged))]).contradicted == 1
