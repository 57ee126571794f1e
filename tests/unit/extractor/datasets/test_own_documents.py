from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractor.datasets.own_documents import id_in_source, read_documents
from extractor.errors import DatasetRejected

TEXT = "Ada left Paris. Lovelace wept."
MENTIONS = [
    {"start": 16, "end": 24, "type": "PER", "entity": "ada"},
    {"start": 9, "end": 14, "type": "City", "entity": "paris"},
    {"start": 0, "end": 3, "type": "PER", "entity": "ada"},
    {"start": 0, "end": 3, "type": "PER", "entity": "ada"},
]


def write(folder: Path, *records: Any) -> Path:
    path = folder / "documents.jsonl"
    lines = [each if isinstance(each, str) else json.dumps(each) for each in records]
    path.write_text("\ufeff" + "\n".join(lines), encoding="utf-8")
    return path


def record(**changes: Any) -> dict[str, Any]:
    return {"id": "d1", "title": "Ada", "text": TEXT} | changes


def test_a_document_is_read_with_its_mentions_by_entity(tmp_path: Path) -> None:
    (document,) = read_documents(write(tmp_path, record(mentions=MENTIONS), ""))
    assert (document.id, id_in_source(document), document.title) == ("own:d1", "d1", "Ada")
    assert document.text == TEXT
    assert [
        (each.type, [TEXT[m.start : m.end] for m in each.mentions]) for each in document.clusters
    ] == [("PER", ["Ada", "Lovelace"]), ("City", ["Paris"])]


def test_title_and_mentions_may_be_missing(tmp_path: Path) -> None:
    (document,) = read_documents(write(tmp_path, {"id": "a:b", "text": TEXT}))
    assert (document.title, id_in_source(document), document.clusters) == ("a:b", "a:b", ())


def test_an_id_may_be_a_number(tmp_path: Path) -> None:
    (document,) = read_documents(write(tmp_path, {"id": 227508, "text": TEXT}))
    assert (id_in_source(document), document.title) == ("227508", "227508")


@pytest.mark.parametrize(
    "bad",
    [
        "no json",
        "[1]",
        record(),
        record(id=""),
        record(id=True),
        record(id="d2", mentions=None),
        record(id="d2", title=7),
        record(id="d2", text=" "),
        record(id="d2", mentions={}),
        record(id="d2", mentions=[7]),
        record(id="d2", mentions=[{"start": 0, "end": 3, "type": "PER"}]),
        record(id="d2", mentions=[{"start": 0, "end": 3, "type": "a b", "entity": "x"}]),
        record(id="d2", mentions=[{"start": 0, "end": 99, "type": "PER", "entity": "x"}]),
        record(id="d2", mentions=[{"start": 3, "end": 3, "type": "PER", "entity": "x"}]),
        record(id="d2", mentions=[{"start": -3, "end": 3, "type": "PER", "entity": "x"}]),
        record(id="d2", mentions=[{"start": "0", "end": 3, "type": "PER", "entity": "x"}]),
    ],
)
def test_a_bad_line_is_refused_by_number(tmp_path: Path, bad: Any) -> None:
    with pytest.raises(DatasetRejected, match=r"documents\.jsonl, line 2: "):
        read_documents(write(tmp_path, record(), bad))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetRejected, match=r"none\.jsonl: No such file"):
        read_documents(tmp_path / "none.jsonl")
    (tmp_path / "deep.jsonl").write_bytes(b"[" * 100_000)
    with pytest.raises(DatasetRejected, match=r"deep\.jsonl, line 1: "):
        read_documents(tmp_path / "deep.jsonl")
    (tmp_path / "bytes.jsonl").write_bytes(b"\xff")
    with pytest.raises(DatasetRejected, match=r"bytes\.jsonl is not UTF-8"):
        read_documents(tmp_path / "bytes.jsonl")


def test_most_mentions_of_an_entity_say_its_type(tmp_path: Path) -> None:
    mentions = [
        {"start": 0, "end": 3, "type": "MISC", "entity": "ada"},
        {"start": 16, "end": 24, "type": "PER", "entity": "ada"},
        {"start": 25, "end": 29, "type": "PER", "entity": "ada"},
    ]
    (document,) = read_documents(write(tmp_path, record(mentions=mentions)))
    assert [cluster.type for cluster in document.clusters] == ["PER"]
