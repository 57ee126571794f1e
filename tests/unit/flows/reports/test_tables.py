"""What an operator sees of a run: complete, readable, and without a sentence of a document."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from flows.records import Counts
from flows.reports.drift import Drift, Watched
from flows.reports.tables import BAR, drift_page, failure_rows, markdown, summary_rows
from tests.unit.flows.reports.samples import SENTENCE, edge, report

USUAL = Watched(name="mean margin", now=3.0, earlier=(3.0, 3.1), usual=3.05, allowed=0.5)
STRANGE = Watched(name="NIL share", now=0.9, earlier=(0.5, 0.4), usual=0.45, allowed=0.1)


def drift(*figures: Watched, unjudged: str = "") -> Drift:
    return Drift(documents=40, figures=figures, unjudged=unjudged)


def test_the_table_of_failures_names_every_record() -> None:
    rows = failure_rows(report())
    assert [(row["document"], row["stage"]) for row in rows] == [
        ("tests:2", "read"),
        ("tests:3", "extract"),
    ]
    assert rows[0]["where"] == "a.jsonl, line 2"


def test_the_summary_has_counts_and_rates() -> None:
    rows = {row["figure"]: row["value"] for row in summary_rows(report())}
    assert [rows[f"documents {name}"] for name in ("read", "extracted", "failed")] == [9, 4, 1]
    assert (rows["records skipped"], rows["statements"]) == (1, 7)
    assert (rows["entities linked"], rows["entities NIL"]) == (6, 2)
    assert [rows[f"edges {name}"] for name in ("new", "changed")] == [5, 1]
    assert "edges removed" not in rows, "there are none"
    assert rows["documents per second, mentions"] == 4.0


def test_the_summary_shows_how_many_statements_have_which_margin() -> None:
    rows = summary_rows(report())
    bins = [row for row in rows if "margin" in row["figure"]]
    assert [row["value"] for row in bins] == [1, 2, 3, 1]
    assert bins[0]["figure"] == f"statements with margin 0 to 1 {'█' * (BAR // 3)}"
    assert bins[2]["figure"] == f"statements with margin 2 to 3 {'█' * BAR}"
    assert {tuple(row) for row in rows} == {("figure", "value")}


def test_a_night_without_news_has_no_rows_of_zeros() -> None:
    quiet = report(counts=Counts())
    assert summary_rows(quiet) == [{"figure": "documents read", "value": 0}]


@pytest.mark.parametrize("kind", ["strongest", "doubtful"])
def test_the_report_shows_names_ids_and_margins_but_no_sentence(kind: str) -> None:
    text = markdown(report(**{"strongest": (), "doubtful": (), kind: (edge(),)}))
    assert kind in text
    assert (
        "- **Ada Lovelace** place of birth **London**: margin 2.00, probability 0.90, "
        "said by `tests:1`; linked to `wikidata:Q7259` and `wikidata:Q84`"
    ) in text.splitlines()
    assert SENTENCE not in text


def test_the_report_shows_doubt_of_links_and_what_is_only_possible() -> None:
    said = replace(edge().evidence[0], link_confidence=0.61, tail_names=("Londres",))
    text = markdown(report(strongest=(), doubtful=(edge(status="possible", evidence=(said,)),)))
    assert "probability 0.90 (only possible), said by `tests:1`; linked to" in text
    assert "`wikidata:Q84` (0.61, as \\'Londres\\')\n" in text


def test_an_edge_names_its_documents_and_no_hash() -> None:
    said = [replace(edge().evidence[0], document=f"tests:{number}") for number in range(5)]
    several = edge(head="nil:0123456789", tail="nil:9876543210", documents=5, evidence=tuple(said))
    text = markdown(report(strongest=(several,)))
    assert "0.90, said by `tests:0`, `tests:1`, `tests:2` and 2 more\n" in text
    assert "nil:" not in text


HOSTILE = "![x](http://evil.example/a.png)\n# <b>A</b> | `id` *b* _c_ www.evil.example a@b.c"


@pytest.mark.parametrize("field", ["head_name", "tail_name", "head", "tail"])
def test_a_name_is_no_markdown(field: str) -> None:
    text = markdown(report(strongest=(edge(**{field: HOSTILE}),)))
    [line] = [line for line in text.splitlines() if "place of birth" in line]
    bare = re.sub(r"\\[!-/:-@\[-`{-~]", "", line)  # without what is escaped
    told, ids = re.fullmatch(r"- (.*), (said by .*)", bare).groups()  # type: ignore[union-attr]
    assert re.fullmatch(r"said by `[^`]*`; linked to `[^`]*` and `[^`]*`( \(as [A-Za-z ]*\))?", ids)
    assert not re.search(r"[!\[\]<>#|`_@/\\]", told)
    assert told.count("*") == 8  # around the two names


def test_an_alarm_stands_on_top_of_the_report() -> None:
    text = markdown(report(drift=drift(USUAL, STRANGE)))
    assert text.splitlines()[2] == "**Far off: NIL share 0.90, usually 0.35 to 0.55.**"
    assert "Far off" not in markdown(report(drift=drift(USUAL)))


def test_the_report_says_what_the_source_leaves_out() -> None:
    assert r"Left out by the source: 2 files \(2 \.odt\)." in markdown(
        report(unread="2 files (2 .odt)")
    )
    assert "Left out" not in markdown(report())


def test_what_was_not_retracted_stands_on_top_too() -> None:
    found = report(held=9, refusal="nothing was retracted: 9 of 9")
    told = r"**nothing was retracted\: 9 of 9\; the other documents\, 4\, are written.**"
    assert markdown(found).splitlines()[2] == told
    rows = {row["figure"]: row["value"] for row in summary_rows(found)}
    assert rows["documents that would be retracted"] == 9
    assert "nothing was retracted" not in markdown(report())


def test_the_drift_panel_shows_each_figure_beside_its_usual_values() -> None:
    lines = drift_page(report(), drift(USUAL, STRANGE)).splitlines()
    assert "| mean margin | 3.00 | 3.05 | 2.55 to 3.55 | ███ | as usual |" in lines
    assert "| NIL share | 0.90 | 0.45 | 0.35 to 0.55 | ▅▄█ | **far off** |" in lines


def test_a_figure_that_rests_on_too_little_is_not_called_usual() -> None:
    text = drift_page(report(), drift(replace(USUAL, now=None)))
    assert "| mean margin | 3.05 | 2.55 to 3.55 | ██ | too few |" in text


def test_the_drift_panel_says_why_nothing_is_judged() -> None:
    nothing = Watched(name="mean margin", now=None, earlier=())
    text = drift_page(report(), drift(nothing, unjudged="2 documents are too few to judge"))
    assert "Not judged: 2 documents are too few to judge." in text
    assert "| mean margin |" in text.splitlines()
    first = replace(nothing, now=3.0)
    assert "| mean margin | 3.00 | █ |" in drift_page(report(), drift(first)).splitlines()
