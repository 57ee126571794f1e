"""What the benchmark trains on: a quarter, spoilt labels, and never the held-out fifth."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.training.retraining import quarter, spoilt
from extractor.datasets.splits import in_held_out_fifth

Record = dict[str, Any]
RECORDS: list[Record] = [
    {"title": f"Document {n}", "labels": [{"h": 0, "t": 1, "r": f"P{n % 7}", "evidence": []}]}
    for n in range(500)
]


def held_out(records: list[Record]) -> list[Record]:
    return [record for record in records if in_held_out_fifth(record["title"])]


@pytest.mark.parametrize("change", [quarter, spoilt])
def test_the_held_out_fifth_stays_as_it_is(change: Any) -> None:
    assert held_out(change(RECORDS)) == held_out(RECORDS) != []


def test_a_quarter_is_about_a_quarter_of_what_may_train() -> None:
    left = len(RECORDS) - len(held_out(RECORDS))
    kept = quarter(RECORDS)
    assert len(kept) - len(held_out(RECORDS)) == pytest.approx(left / 4, rel=0.25)
    assert all(record in RECORDS for record in kept)


def test_spoilt_labels_are_the_same_relations_at_other_pairs() -> None:
    changed = spoilt(RECORDS)

    def relations(records: list[Record]) -> list[str]:
        return [label["r"] for record in records for label in record["labels"]]

    assert sorted(relations(changed)) == sorted(relations(RECORDS))
    moved = sum(a != b for a, b in zip(relations(changed), relations(RECORDS), strict=True))
    assert moved > len(RECORDS) / 2
    assert RECORDS[0]["labels"][0]["r"] == "P0"
