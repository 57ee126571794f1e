"""Counting what a run came to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from corpus.records import Skipped
from flows.artifacts import failure_rows, markdown, summary_rows
from flows.isolation import Failure
from flows.report import MAX_NAMED, STRONGEST, BatchReport, IngestReport, Tally
from flows.work import Work
from graph.records import RunInfo, UpsertReport
from tests.unit.flows.reports import SENTENCE, edge, report

RUN = RunInfo(
    id="run-1",
    flow="ingest",
    checkpoint="champion@1",
    config_hash="c",
    git_sha="",
    started_at="2026-01-31T12:00:00Z",
)


def batch(documents: int, *failed: str, **found: Any) -> BatchReport:
    return BatchReport(
        work=Work(read=documents + len(failed), **found),
        documents=documents,
        statements=2 * documents,
        failures=tuple(Failure(document=each, stage="write", error="no") for each in failed),
        written=UpsertReport(documents=documents, edges_new=documents),
        seconds={"read": 0.25, "mentions": 1.0, "write": 0.5},
    )


def total(*batches: BatchReport, interrupted: bool = False, share: float = 0.2) -> IngestReport:
    tally = Tally()
    for each in batches:
        tally.add(each)
    return tally.report(RUN, "tests", strongest=(), interrupted=interrupted, max_failed_share=share)


def test_batches_add_up() -> None:
    found = total(batch(4, gone=("tests:9",)), batch(3, "7", waiting=2))
    assert (found.read, found.processed, found.statements, found.failed) == (8, 7, 14, 1)
    assert (found.gone, found.waiting) == (1, 2)
    assert found.written.edges_new == 7
    assert found.seconds == {"read": 0.5, "mentions": 2.0, "write": 1.0}
    assert found.state == "Completed"


@pytest.mark.parametrize(("share", "state"), [(0.375, "Completed"), (0.37, "Failed")])
def test_a_run_fails_above_the_allowed_share(share: float, state: str) -> None:
    assert total(batch(5, "5", "6", "7"), share=share).state == state


def test_an_interrupted_run_is_cancelled_however_much_failed() -> None:
    assert total(batch(1, "1", "2", "3", "4"), interrupted=True).state == "Cancelled"


def test_duplicates_fail_no_run() -> None:
    twice = Skipped(source="s", place="p", document="tests:1", reason="r", duplicate=True)
    found = total(batch(1, skipped=(twice, twice, twice)))
    assert (found.state, found.skipped, found.duplicates) == ("Completed", 0, 3)


def test_nothing_to_do_is_a_success() -> None:
    found = total()
    assert (found.state, found.processed) == ("Completed", 0)
    assert found.failed_share == 0


def test_a_report_counts_all_failures_and_names_only_so_many() -> None:
    many = [str(number) for number in range(MAX_NAMED)]
    found = total(batch(0, *many), batch(0, *many), share=1.0)
    assert found.failed == 2 * MAX_NAMED
    assert len(found.failures) == MAX_NAMED


def test_a_run_keeps_its_strongest_statements() -> None:
    tally = Tally()
    for margin in range(STRONGEST + 5):
        tally.add(
            replace(
                batch(1),
                strongest=(edge(head=f"h{margin}", margin=float(margin)), edge(margin=1.5)),
            )
        )
    assert [found.margin for found in tally.strongest()] == [
        float(margin) for margin in range(STRONGEST + 4, 4, -1)
    ]


def test_rates_are_documents_per_second_of_each_stage() -> None:
    assert report().rates() == {
        "read": 18.0,
        "mentions": 4.0,
        "relations": 2.0,
        "write": 8.0,
        "all": 1.0,
    }


def test_a_run_without_new_documents_has_no_rate_but_reading() -> None:
    assert report(processed=0, seconds={"read": 0.5}).rates() == {"read": 18.0}


def test_the_counts_can_be_stored() -> None:
    counts = report().counts()
    assert json.loads(json.dumps(counts)) == counts
    assert (counts["failed"], counts["skipped"], counts["edges_new"]) == (1, 1, 5)
    assert counts["relations_seconds"] == 2.0


def test_the_table_of_failures_names_every_record() -> None:
    rows = failure_rows(report())
    assert [(row["document"], row["stage"]) for row in rows] == [
        ("tests:2", "read"),
        ("tests:3", "extract"),
    ]
    assert rows[0]["where"] == "a.jsonl, line 2"


def test_the_summary_has_counts_and_rates() -> None:
    rows = {row["figure"]: row["value"] for row in summary_rows(report())}
    assert rows["edges new"] == 5
    assert rows["mentions, documents per second"] == 4.0


def test_the_report_shows_names_ids_and_margins_but_no_sentence() -> None:
    text = markdown(report())
    assert (
        "| Ada Lovelace `wikidata:Q7259` | PLACE_OF_BIRTH | London `wikidata:Q84` | 2.00 |" in text
    )
    assert SENTENCE not in text


def test_a_name_cannot_break_out_of_the_reports_table() -> None:
    text = markdown(report(strongest=(edge(head_name="A | B\n# C"),)))
    [row] = [line for line in text.splitlines() if "PLACE_OF_BIRTH" in line]
    assert row.startswith("| A \\| B # C `wikidata:Q7259` |")
