"""Records are written in batches; what a busy server leaves is sent again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from corpus.elasticsearch.bulk import Refused, Write, write_all
from corpus.errors import SourceUnavailable
from tests.unit.corpus.elasticsearch.answering import Connect, Server, too_large


def test_records_that_a_busy_server_leaves_are_sent_again(server: Server, door: Connect) -> None:
    busy = {"type": "es_rejected_execution_exception", "reason": "full"}
    bad = {"type": "document_parsing_exception", "reason": "no date. Preview of field's value: 'x'"}
    server.answers = [
        (200, {}, items(("a", 201, None), ("b", 429, busy), ("c", 400, bad), ("d", 503, busy))),
        (200, {}, items(("b", 429, busy), ("d", 200, None))),
        (200, {}, items(("b", 201, None))),
    ]
    writes = [Write(id=id_, name=f"n:{id_}", record={"n": 1}, characters=1) for id_ in "abcd"]

    refused = list(write_all(door(), "documents", writes))

    assert refused == [Refused(write=writes[2], reason="document_parsing_exception: no date")]
    sent = [
        [json.loads(line)["index"]["_id"] for line in body.splitlines()[::2]]
        for _, body in server.asked
    ]
    assert sent == [["a", "b", "c", "d"], ["b", "d"], ["b"]]


def test_records_that_are_never_taken_end_the_write(server: Server, door: Connect) -> None:
    busy = {"type": "es_rejected_execution_exception", "reason": "full"}
    server.answers = [(200, {}, items(("a", 429, busy)))] * 4

    with pytest.raises(SourceUnavailable, match="1 records wait"):
        list(
            write_all(door(), "documents", [Write(id="a", name="a", record={"n": 1}, characters=1)])
        )


def items(*results: tuple[str, int, dict[str, Any] | None]) -> dict[str, Any]:
    return {
        "items": [
            {"index": {"_id": id_, "status": status, **({"error": error} if error else {})}}
            for id_, status, error in results
        ]
    }


@pytest.mark.parametrize("status", [413, 429])
def test_a_batch_that_is_too_large_is_sent_in_halves(
    server: Server, door: Connect, status: int
) -> None:
    writes = [Write(id=id_, name=id_, record={"n": 1}, characters=1) for id_ in "abc"]
    server.answers = [
        too_large(status),
        (200, {}, items(("a", 201, None))),
        (200, {}, items(("b", 201, None), ("c", 201, None))),
    ]

    assert list(write_all(door(), "documents", writes)) == []
    assert [body.count('"index"') for _, body in server.asked] == [3, 1, 2]


def test_batches_are_cut_by_number_and_by_size(server: Server, door: Connect) -> None:
    sizes = [1] * 700 + [3_000_000] * 2
    writes = [
        Write(id=str(n), name=str(n), record={"n": n}, characters=size)
        for n, size in enumerate(sizes)
    ]
    cuts = [range(500), range(500, 701), range(701, 702)]
    server.answers = [(200, {}, items(*((str(n), 201, None) for n in numbers))) for numbers in cuts]

    assert list(write_all(door(), "documents", writes)) == []
    assert [body.count('"index"') for _, body in server.asked] == [500, 201, 1]
