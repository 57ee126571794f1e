"""Counting what a run came to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from corpus.records import Skipped
from flows.findings import MARGIN_BINS, Findings
from flows.isolation import Failure
from flows.report import CANDIDATES, MAX_NAMED, SHOWN, BatchReport, IngestReport, Tally
from flows.work import Work
from graph.records import RunInfo, UpsertReport
from tests.unit.flows.reports import edge, report

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


def test_a_refused_retraction_fails_the_run() -> None:
    refused = BatchReport(work=Work(retracting=True), held=5, refusal="no", seconds={})
    found = total(batch(4), refused)
    assert (found.state, found.held, found.gone, found.refusal) == ("Failed", 5, 0, "no")


def test_an_empty_text_is_no_failure_and_a_missing_one_is() -> None:
    skipped = tuple(
        Skipped(source="s", place="p", document="d", reason="r", text=text)
        for text in ("empty", "empty", "missing")
    )
    found = total(batch(4, skipped=skipped))
    assert (found.empty, found.skipped, found.failed_share) == (2, 1, 1 / 7)


def test_batches_add_up() -> None:
    retracted = BatchReport(work=Work(retracting=True), gone=1, seconds={})
    found = total(batch(4), batch(3, "7", waiting=2), retracted)
    assert (found.read, found.processed, found.statements, found.failed) == (8, 7, 14, 1)
    assert (found.gone, found.waiting) == (1, 2)
    assert found.written.edges_new == 7
    assert found.seconds == {"read": 0.5, "mentions": 2.0, "write": 1.0}
    assert found.state == "Completed"


@pytest.mark.parametrize(("share", "state"), [(0.375, "Completed"), (0.37, "Failed")])
def test_a_run_fails_above_the_allowed_share(share: float, state: str) -> None:
    assert total(batch(5, "5", "6", "7"), share=share).state == state


def test_what_fails_again_fails_no_run() -> None:
    again = total(batch(0, "1", retried=frozenset({"1"})))
    assert (again.state, again.failed, again.failed_again) == ("Completed", 1, 1)
    assert again.failed_share == 0
    among_others = batch(2, "1", "2", "3", retried=frozenset({"1", "9"}))
    assert total(among_others, share=0.5).failed_share == pytest.approx(2 / 4)
    assert total(among_others, share=0.49).state == "Failed"


def test_a_record_that_cannot_be_read_again_fails_no_run() -> None:
    skipped = tuple(Skipped(source="s", place=p, document=p, reason="r") for p in ("1", "2"))
    quiet = total(batch(0, skipped=skipped[:1], skipped_again=1))
    assert (quiet.state, quiet.skipped, quiet.skipped_again) == ("Completed", 1, 1)
    assert quiet.failed_share == 0
    one_is_new = total(batch(1, skipped=skipped, skipped_again=1))
    assert (one_is_new.state, one_is_new.failed_share) == ("Failed", 1 / 2)


def test_all_that_was_read_counts_beside_what_failed() -> None:
    empty = Skipped(source="s", place="p", document="d", reason="r", text="empty")
    found = total(batch(0, "1", skipped=(empty,), gone=3))
    assert (found.records, found.failed_share, found.state) == (5, 1 / 5, "Completed")


def test_a_run_says_why_it_is_not_completed_and_what_stays() -> None:
    failed = total(batch(5, "5", "6", "7"))
    assert failed.why == (
        "38% of the records failed (3 of 8), more than the 20% of FACTLOOM_RUN__MAX_FAILED_SHARE "
        "(factloom failures lists what can be tried again); the other documents, 5, are written"
    )
    refused = BatchReport(work=Work(retracting=True), held=5, refusal="no", seconds={})
    assert total(batch(5), refused).why == "no; the other documents, 5, are written"
    assert total(refused).why == "no"
    assert "interrupted" in total(batch(5), interrupted=True).why
    assert total(batch(5)).why == ""


def test_an_interrupted_run_is_cancelled_however_much_failed() -> None:
    assert total(batch(1, "1", "2", "3", "4"), interrupted=True).state == "Cancelled"


def test_duplicates_fail_no_run() -> None:
    twice = Skipped(source="s", place="p", document="tests:1", reason="r", duplicate=True)
    found = total(batch(1, skipped=(twice, twice, twice)))
    assert (found.state, found.skipped, found.duplicates) == ("Completed", 0, 3)


def test_documents_in_other_languages_fail_no_run() -> None:
    foreign = Skipped(source="s", place="p", document="tests:1", reason="r", foreign=True)
    found = total(batch(1, skipped=(foreign, foreign, foreign)))
    assert (found.state, found.skipped, found.foreign) == ("Completed", 0, 3)
    assert found.failed_share == 0
    assert found.counts()["foreign"] == 3


def test_nothing_to_do_is_a_success() -> None:
    found = total()
    assert (found.state, found.processed) == ("Completed", 0)
    assert found.failed_share == 0


def test_a_report_counts_all_failures_and_names_only_so_many() -> None:
    many = [str(number) for number in range(MAX_NAMED)]
    found = total(batch(0, *many), batch(0, *many), share=1.0)
    assert found.failed == 2 * MAX_NAMED
    assert len(found.failures) == MAX_NAMED


def test_findings_add_up() -> None:
    one = Findings(linked=3, nil=1, margin_sum=2.5, margins=(1, 1, *[0] * (MARGIN_BINS - 2)))
    found = total(replace(batch(1), findings=one), replace(batch(1), findings=one))
    assert found.findings == one + one
    counts = found.counts()
    assert (counts["entities_linked"], counts["entities_nil"], counts["margin_sum"]) == (6, 2, 5.0)


def test_a_run_keeps_its_strongest_and_its_most_doubtful_statements() -> None:
    tally = Tally()
    for number in range(CANDIDATES + 5):
        alone = edge(head=f"h{number}", margin=float(number), probability=number / 1000)
        tally.add(replace(batch(1), edges=(alone, edge(margin=2.5, probability=0.0025))))
    assert [each.margin for each in tally.strongest()] == [
        float(number) for number in range(CANDIDATES + 4, 4, -1)
    ]
    doubtful = [each.margin for each in tally.doubtful()]
    assert doubtful[:4] == [0.0, 1.0, 2.0, 2.5]
    assert len(doubtful) == CANDIDATES


def test_a_report_shows_only_so_many_edges() -> None:
    many = [edge(head=f"h{number}") for number in range(SHOWN + 1)]
    found = Tally().report(
        RUN, "tests", strongest=many, doubtful=many, interrupted=False, max_failed_share=0.2
    )
    assert (len(found.strongest), len(found.doubtful)) == (SHOWN, SHOWN)


def test_rates_are_documents_per_second_of_each_stage() -> None:
    assert report().rates() == {
        "read": 18.0,
        "mentions": 4.0,
        "relations": 2.0,
        "write": 8.0,
        "all": 1.6,
    }


def test_a_run_without_new_documents_has_no_rate_but_reading() -> None:
    assert report(processed=0, seconds={"read": 0.5}).rates() == {"read": 18.0}


def test_the_counts_can_be_stored() -> None:
    counts = report().counts()
    assert json.loads(json.dumps(counts)) == counts
    assert (counts["failed"], counts["skipped"], counts["edges_new"]) == (1, 1, 5)
    assert counts["relations_seconds"] == 2.0
