"""When documents that failed are tried again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import SourceRejected
from corpus.files.source import FileSource
from corpus.source import Gone, Record, id_of
from flows.ingest.retries import BATCH, all_failed, due_pages, is_due
from graph.model.records import FailedDocument, Known


def failed(attempts: int, *, number: int = 1, at: str = "2026-11-25T00:00:00Z") -> FailedDocument:
    return FailedDocument(
        id=f"tests:{number:06}",
        stage="extract",
        error="no",
        attempts=attempts,
        last_tried=at,
        content_hash="",
        index="newer",
    )


class _Failures:
    """The graph's list of failed documents."""

    def __init__(self, *found: FailedDocument) -> None:
        self._found = sorted(found, key=lambda each: each.id)

    def failures(
        self, source: str, *, after: str = "", limit: int = 1000
    ) -> Sequence[FailedDocument]:
        return [each for each in self._found if each.id > after][:limit]

    def failures_of(self, ids: Sequence[str]) -> Mapping[str, FailedDocument]:
        return {each.id: each for each in self._found if each.id in ids}

    def known(self, ids: Sequence[str]) -> Mapping[str, Known]:
        return {
            id_: Known(content_hash="", config_hash="", checkpoint="", index="older") for id_ in ids
        }


Failures: Any = _Failures
"""In the place of a whole graph."""


class Source:
    """Has lost everything."""

    name = "tests"

    def __init__(self) -> None:
        self.asked: list[Mapping[str, str]] = []

    def missing(self, places: Mapping[str, str]) -> dict[str, str | None]:
        self.asked.append(places)
        return dict.fromkeys(places)

    def fetch(self, ids: Sequence[str]) -> Iterator[Record]:
        return (Gone(document=id_) for id_ in ids)


@pytest.mark.parametrize(
    ("attempts", "due"),
    [
        (1, "2026-11-25T00:00:00Z"),
        (2, "2026-11-25T01:00:00Z"),
        (3, "2026-11-25T02:00:00Z"),
        (6, "2026-11-25T16:00:00Z"),
        (50, "2026-12-02T00:00:00Z"),
    ],
)
def test_a_document_waits_longer_each_time_and_a_week_at_most(attempts: int, due: str) -> None:
    assert is_due(failed(attempts), due)
    assert is_due(failed(attempts), "2026-11-25T00:59:59Z") == (attempts == 1)


def test_all_failures_are_listed_in_batches() -> None:
    many = [failed(1, number=number) for number in range(BATCH + 1)]
    assert len(list(all_failed(Failures(*many), "tests"))) == BATCH + 1


def test_what_is_due_is_read_from_the_source_as_it_is_now() -> None:
    graph = Failures(failed(1, number=1), failed(9, number=2))
    source = Source()
    [page] = due_pages(source, graph, "2026-11-25T00:00:01Z")  # type: ignore[arg-type]
    assert page.records == (Gone(document="tests:000001"),)
    assert page.position == ""
    assert source.asked == [{"tests:000001": "older"}, {"tests:000001": "newer"}]


def test_a_line_that_cannot_be_read_does_not_keep_others_from_being_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "000001", "text": "Ada was born."}\n{"id": "torn\n', encoding="utf-8")
    source = FileSource("tests", path)

    [page] = due_pages(source, Failures(failed(1)), "2026-11-25T00:00:01Z")
    assert [id_of(record) for record in page.records] == ["tests:000001"]
    with pytest.raises(SourceRejected, match="line 2"):
        list(due_pages(source, Failures(failed(1, number=2)), "2026-11-25T00:00:01Z"))
