"""Counting what a run came to."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from corpus.source import Skipped
from extractor.schema import Extraction
from flows.records import Batch, Counts, Failure
from flows.reports.ingest_report import CANDIDATES, MAX_NAMED, SHOWN, IngestReport
from graph.model.records import Champion
from tests.unit.flows.reports.samples import edge, report
from tests.unit.graph.extractions import RELATIONS, extraction


def batch(documents: int, *failed: str, **found: Any) -> Batch:
    retried = found.pop("retried", frozenset())
    skipped = found.pop("skipped", ())
    failures = tuple(Failure(document=each, stage="write", error="no") for each in failed)
    counts = Counts(
        read=documents + len(failed),
        processed=documents,
        statements=2 * documents,
        documents=documents,
        edges_new=documents,
        seconds={"read": 0.25, "mentions": 1.0, "write": 0.5},
    )
    further = Counts(**found) + Counts.of_skipped(skipped) + Counts.of_failures(failures, retried)
    return Batch(skipped=skipped, failures=failures, counts=counts + further)


CHAMPION = Champion("champion@1", RELATIONS)
REFUSED = Batch(retracting=True, refusal="no", counts=Counts(held=5))
EMPTY = IngestReport(
    run="run-1", flow="ingest", source="tests", checkpoint="champion@1", max_failed_share=0.2
)


def total(*batches: Batch, interrupted: bool = False, share: float = 0.2) -> IngestReport:
    report = replace(EMPTY, interrupted=interrupted, max_failed_share=share)
    for each in batches:
        report = report.with_batch(each, CHAMPION)
    return report


def test_a_refused_retraction_fails_the_run() -> None:
    found = total(batch(4), REFUSED)
    assert (found.outcome.state, found.counts.held, found.counts.gone, found.refusal) == (
        "Failed",
        5,
        0,
        "no",
    )


def test_an_empty_text_is_no_failure_and_a_missing_one_is() -> None:
    skipped = tuple(
        Skipped(source="s", place="p", document="d", reason="r", text=text)
        for text in ("empty", "empty", "missing")
    )
    found = total(batch(4, skipped=skipped))
    assert (found.counts.empty, found.counts.skipped, found.counts.failed_share) == (2, 1, 1 / 7)


def test_batches_add_up() -> None:
    retracted = Batch(retracting=True, counts=Counts(gone=1))
    found = total(batch(4), batch(3, "7", waiting=2), retracted)
    assert (
        found.counts.read,
        found.counts.processed,
        found.counts.statements,
        found.counts.failed,
    ) == (8, 7, 14, 1)
    assert (found.counts.gone, found.counts.waiting) == (1, 2)
    assert found.counts.edges_new == 7
    assert found.counts.seconds == {"read": 0.5, "mentions": 2.0, "write": 1.0}
    assert found.outcome.state == "Completed"


def test_what_fails_again_fails_no_run() -> None:
    again = total(batch(0, "1", retried=frozenset({"1"})))
    assert (again.outcome.state, again.counts.failed, again.counts.failed_again) == (
        "Completed",
        1,
        1,
    )
    assert again.counts.failed_share == 0
    among_others = batch(2, "1", "2", "3", retried=frozenset({"1", "9"}))
    assert total(among_others, share=0.5).counts.failed_share == pytest.approx(2 / 4)
    assert total(among_others, share=0.49).outcome.state == "Failed"


def test_a_record_that_cannot_be_read_again_fails_no_run() -> None:
    skipped = tuple(Skipped(source="s", place=p, document=p, reason="r") for p in ("1", "2"))
    quiet = total(batch(0, skipped=skipped[:1], skipped_again=1))
    assert (quiet.outcome.state, quiet.counts.skipped, quiet.counts.skipped_again) == (
        "Completed",
        1,
        1,
    )
    assert quiet.counts.failed_share == 0
    one_is_new = total(batch(1, skipped=skipped, skipped_again=1))
    assert (one_is_new.outcome.state, one_is_new.counts.failed_share) == ("Failed", 1 / 2)


def test_all_that_was_read_counts_beside_what_failed() -> None:
    empty = Skipped(source="s", place="p", document="d", reason="r", text="empty")
    found = total(batch(0, "1", skipped=(empty,), withdrawn=3))
    assert (found.counts.records, found.counts.failed_share, found.outcome.state) == (
        5,
        1 / 5,
        "Completed",
    )


def test_duplicates_fail_no_run() -> None:
    twice = Skipped(source="s", place="p", document="tests:1", reason="r", duplicate=True)
    found = total(batch(1, skipped=(twice, twice, twice)))
    assert (found.outcome.state, found.counts.skipped, found.counts.duplicates) == (
        "Completed",
        0,
        3,
    )


def test_documents_in_other_languages_fail_no_run() -> None:
    foreign = Skipped(source="s", place="p", document="tests:1", reason="r", foreign=True)
    found = total(batch(1, skipped=(foreign, foreign, foreign)))
    assert (found.outcome.state, found.counts.skipped, found.counts.foreign) == ("Completed", 0, 3)
    assert found.counts.failed_share == 0
    assert found.stored()["foreign"] == 3


def test_nothing_to_do_is_a_success() -> None:
    found = total()
    assert (found.outcome.state, found.counts.processed) == ("Completed", 0)
    assert found.counts.failed_share == 0


def test_a_report_counts_all_failures_and_names_only_so_many() -> None:
    many = [str(number) for number in range(MAX_NAMED)]
    found = total(batch(0, *many), batch(0, *many), share=1.0)
    assert found.counts.failed == 2 * MAX_NAMED
    assert len(found.failures) == MAX_NAMED


def test_findings_add_up() -> None:
    one = Counts(entities_linked=3, entities_nil=1, margin_sum=2.5, margins={0: 1, 1: 1})
    found = total(Batch(counts=one), Batch(counts=one))
    assert found.counts == one + one
    counts = found.stored()
    assert (counts["entities_linked"], counts["entities_nil"], counts["margin_sum"]) == (6, 2, 5.0)


def test_a_run_keeps_its_strongest_and_its_most_doubtful_statements() -> None:
    found, one = EMPTY, extraction(1)
    head, tail = one.entities
    [statement] = one.statements

    def stating(id_: str, margin: float, probability: float) -> Extraction:
        said = replace(statement, head=id_, margin=margin, probability=probability)
        return replace(one, entities=(replace(head, id=id_), tail), statements=(said,))

    for number in range(CANDIDATES + 5):
        alone = stating(f"h{number}", float(number), number / 1000)
        batch = Batch(extractions=(alone, stating("h", 2.5, 0.0025)))
        found = found.with_batch(batch, CHAMPION)
    assert [each.margin for each in found.strongest] == [
        float(number) for number in range(CANDIDATES + 4, 4, -1)
    ]
    doubtful = [each.margin for each in found.doubtful]
    assert doubtful[:4] == [0.0, 1.0, 2.0, 2.5]
    assert len(doubtful) == CANDIDATES


def test_a_report_shows_only_so_many_edges() -> None:
    many = [edge(head=f"h{number}") for number in range(SHOWN + 1)]
    found = EMPTY.with_edges(many, many)
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
    counts = report().stored()
    assert json.loads(json.dumps(counts)) == counts
    assert (counts["failed"], counts["skipped"], counts["edges_new"]) == (1, 1, 5)
    assert counts["relations_seconds"] == 2.0
