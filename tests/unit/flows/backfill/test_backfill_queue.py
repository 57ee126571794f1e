"""The order in which documents are extracted again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import pytest

from flows.backfill.backfill_queue import Order, Queue
from graph.model.records import StaleDocument


def stale(id_: str, day: int = 1, edges: int = 0) -> StaleDocument:
    return StaleDocument(id=id_, updated_at=f"2026-01-{day:02}T00:00:00Z", edges=edges)


DOCUMENTS = [stale("t:1", 3, 1), stale("t:2", 9, 0), stale("t:3", 5, 7), stale("t:4", 5, 7)]


def in_order(order: Order, first: Sequence[str] = (), last: Sequence[str] = ()) -> list[str]:
    with closing(Queue(order)) as queue:
        queue.add(DOCUMENTS)
        queue.put_first(first)
        queue.put_last(last)
        assert len(queue) == len(DOCUMENTS)
        return list(queue)


@pytest.mark.parametrize(
    ("order", "expected"),
    [("newest", ["t:2", "t:3", "t:4", "t:1"]), ("most_edges", ["t:3", "t:4", "t:1", "t:2"])],
)
def test_documents_come_in_the_order_that_is_asked_for(order: Order, expected: list[str]) -> None:
    assert in_order(order) == expected


def test_a_list_comes_first_in_its_own_order_and_names_each_document_once() -> None:
    assert in_order("newest", ["t:4", "t:1", "t:9", "t:4"]) == ["t:4", "t:1", "t:2", "t:3"]


def test_what_failed_comes_last_wherever_it_is_listed() -> None:
    assert in_order("newest", ["t:3", "t:4"], ["t:3", "t:8"]) == ["t:4", "t:2", "t:1", "t:3"]
