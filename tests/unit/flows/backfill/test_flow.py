"""What a backfill makes of a list of documents, and of the order of a source."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.source import Gone, id_of
from flows.backfill.flow import BackfillReport, ids_of, in_order
from flows.errors import ListRejected
from tests.unit.flows.reports.samples import report


def test_a_list_has_an_id_a_line(tmp_path: Path) -> None:
    path = tmp_path / "ids.txt"
    path.write_text("press:1\n\n  press:a b \n", encoding="utf-8")
    assert list(ids_of(path)) == ["press:1", "press:a b"]


def test_a_list_that_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(ListRejected, match=r"nowhere cannot be read: No such file"):
        list(ids_of(tmp_path / "nowhere"))
    path = tmp_path / "latin"
    path.write_bytes("press:\xfc\n".encode("latin-1"))
    with pytest.raises(ListRejected, match=r"latin cannot be read: it is not UTF-8"):
        list(ids_of(path))


def test_records_follow_the_order_of_the_ids() -> None:
    records = [Gone(document=id_) for id_ in ("t:1", "t:2", "t:3")]
    ordered = in_order(records, ["t:3", "t:1", "t:2"])
    assert [id_of(each) for each in ordered] == ["t:3", "t:1", "t:2"]


def test_what_was_retracted_for_its_language_is_not_left() -> None:
    extracted = report(processed=4, gone=2)
    done = BackfillReport(extracted=extracted, stale=7, gone=0, adopted=0, checkpoints={})
    assert done.left == 1
