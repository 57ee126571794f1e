"""The summary at the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from rich.console import Console

from corpus.source import Skipped
from flows.backfill.flow import BackfillReport
from flows.cli.views.summary import cell, rows_table, show_backfilled, show_edges, show_report
from flows.reports.drift import Drift, Watched
from tests.unit.flows.reports.samples import SENTENCE, edge, report


def shown(show: Callable[[Console], None]) -> str:
    console = Console(record=True, width=200, highlight=False)
    show(console)
    return console.export_text()


def test_counts_rates_and_problems_are_shown_by_name() -> None:
    text = shown(lambda console: show_report(console, report(), dry_run=False))
    for label, count in {"documents read": 9, "documents extracted": 4, "edges new": 5}.items():
        assert re.search(rf"^  {label} +{count}$", text, re.MULTILINE)
    assert "edges removed" not in text, "there are none"
    assert "relations 2.0" in text
    assert "a.jsonl, line 2: tests:2: text is empty" in text
    assert "tests:3: too long (while: extract)" in text


def test_documents_in_other_languages_are_named_with_the_setting() -> None:
    foreign = Skipped(
        source="a.jsonl", place="4", document="tests:4", reason="German", foreign=True
    )
    found = report(skipped=0, foreign=1, skipped_records=(foreign,), failed=0, failures=())
    text = shown(lambda console: show_report(console, found, dry_run=False))
    assert re.search("documents in other languages +1\n", text)
    assert "FACTLOOM_EXTRACTOR__LANGUAGES" in text
    assert "tests:4: German" in text


def test_what_was_retracted_for_its_language_is_not_called_gone_from_the_source() -> None:
    found = report(foreign=1, gone=1)
    text = shown(lambda console: show_report(console, found, dry_run=False))
    assert re.search("documents gone +1\n", text)
    assert "or in another language" in text


def test_a_run_that_retracted_nothing_does_not_say_that_all_is_as_it_was() -> None:
    idle = {"processed": 0, "failed": 0, "failures": (), "skipped": 0, "skipped_records": ()}
    found = report(held=9, refusal="nothing was retracted: [9] of 9", **idle)
    text = shown(lambda console: show_report(console, found, dry_run=False))
    assert "Nothing changed" not in text


def test_documents_without_a_text_are_counted_and_named() -> None:
    empty = Skipped(source="a.jsonl", place="line 4", document="tests:4", reason="", text="empty")
    found = report(skipped=0, empty=1, skipped_records=(empty,), failed=0, failures=())
    text = shown(lambda console: show_report(console, found, dry_run=False))
    assert re.search("documents without a text +1\n", text)
    assert "a.jsonl, line 4: tests:4" in text


def test_what_the_source_leaves_out_is_told() -> None:
    found = report(unread="2 files of other kinds (2 .odt) not read")
    text = shown(lambda console: show_report(console, found, dry_run=False))
    assert "Left out by the source: 2 files of other kinds (2 .odt) not read." in text


def test_a_run_that_changed_nothing_says_so() -> None:
    idle = report(
        processed=0, statements=0, failed=0, failures=(), skipped=0, skipped_records=(), unchanged=9
    )
    assert "Nothing changed" in shown(lambda console: show_report(console, idle, dry_run=False))


def test_a_dry_run_claims_to_have_written_nothing() -> None:
    text = shown(lambda console: show_report(console, report(), dry_run=True))
    assert "nothing is written" in text


def test_rejected_statements_and_other_ids_are_told() -> None:
    found = report(rejected={"tail type": 3, "head type": 1}, entities_rekeyed=2)
    text = shown(lambda console: show_report(console, found, dry_run=False))
    assert re.search("statements rejected, head type +1\n.*tail type +3\n", text)
    assert re.search("entities with another id +2\n", text)
    assert "still find them" in text
    counts = found.stored()
    assert (counts["rejected"], counts["rejected_tail_type"], counts["entities_rekeyed"]) == (
        4,
        3,
        2,
    )


def test_a_run_that_is_far_off_says_so() -> None:
    strange = Watched(name="NIL share", now=0.9, earlier=(0.4,), usual=0.4, allowed=0.1)
    found = report(drift=Drift(documents=40, figures=(strange,)))
    text = shown(lambda console: show_report(console, found, dry_run=False))
    assert "Far off the runs before it: NIL share 0.90, usually 0.30 to 0.50." in text


def test_a_backfill_says_what_is_left_and_whose_the_documents_are() -> None:
    done = BackfillReport(
        extracted=report(), stale=9, gone=2, adopted=0, checkpoints={"a@1": 5, "b@2": 4}
    )
    text = shown(lambda console: show_backfilled(console, done))
    assert "5 of 9 stale documents are left." in text
    assert "2 are not in the source any more" in text
    assert re.search(r"b@2 +4\n", text)


@pytest.mark.parametrize(("stale", "told"), [(0, "Nothing is stale"), (7, "7 of 7 stale")])
def test_a_backfill_without_work_does_not_say_that_the_graph_is_current(
    stale: int, told: str
) -> None:
    idle = report(read=0, processed=0, failed=0, failures=(), skipped=0, skipped_records=())
    done = BackfillReport(extracted=idle, stale=stale, gone=0, adopted=0, checkpoints={"a@1": 7})
    text = shown(lambda console: show_backfilled(console, done))
    assert told in text
    assert "Nothing changed" not in text


def test_edges_come_with_the_sentence_that_says_so() -> None:
    text = shown(lambda console: show_edges(console, "The strongest", [edge()]))
    assert text.index("PLACE_OF_BIRTH") < text.index(SENTENCE)


def test_square_brackets_of_a_document_are_no_markup() -> None:
    rows = [{"text": "[bold]x[/bold]"}]
    assert "[bold]x[/bold]" in shown(lambda console: console.print(rows_table(rows)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (0.98765, "0.988"),
        (3, "3"),
        (["a", 1.0], "a, 1.000"),
        ({"name": "Ada", "ids": [1, 2]}, "name: Ada, ids: 1, 2"),
    ],
)
def test_values_of_an_answer_are_readable(value: object, text: str) -> None:
    assert cell(value) == text
