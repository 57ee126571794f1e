"""Documents of files by id: deleted, fetched, missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.errors import SourceRejected
from corpus.files.source import FileSource
from corpus.source import Gone, Skipped, id_of
from extractor.schema import Document
from tests.unit.corpus.reading import line, records, write


def test_what_is_marked_as_deleted_is_gone_whatever_else_its_record_lacks(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.jsonl",
        line("one", deleted=False),
        json.dumps({"id": "two", "deleted": True}),
        line("three", deleted="2026-01-31"),
        line("two"),
        json.dumps({"deleted": True}),
        line("four", deleted=None),
    )

    found = records(FileSource("wiki", file))

    assert [item.id for item in found if isinstance(item, Document)] == ["wiki:one", "wiki:four"]
    assert [item for item in found if isinstance(item, Gone)] == [
        Gone(document="wiki:two", why="marked as deleted"),
        Gone(document="wiki:three", why="marked as deleted"),
    ]
    skipped = [item for item in found if isinstance(item, Skipped)]
    assert [(item.place, item.document, item.duplicate) for item in skipped] == [
        ("line 4", "wiki:two", True),
        ("line 5", "", False),
    ]


def test_documents_are_fetched_as_they_are_now(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.jsonl",
        *(line("one"), line("bad", ""), json.dumps({"id": "old", "deleted": True})),
        *(line("two"), line("one", "again")),
    )

    found = list(
        FileSource("wiki", file).fetch(
            ["wiki:two", "wiki:absent", "wiki:one", "wiki:bad", "wiki:old"]
        )
    )

    assert [item.text for item in found if isinstance(item, Document)] == ["Ada was born."] * 2
    assert [item.id for item in found if isinstance(item, Document)] == ["wiki:one", "wiki:two"]
    assert {item.document for item in found if isinstance(item, Gone)} == {
        "wiki:absent",
        "wiki:old",
    }
    assert [item.document for item in found if isinstance(item, Skipped)] == ["wiki:bad"]


def test_missing_tells_what_is_nowhere_and_what_came_from_elsewhere(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.jsonl",
        *(line("one"), line("two"), line("bad", ""), json.dumps({"id": "old", "deleted": True})),
    )
    source = FileSource("wiki", file)
    places = {f"wiki:{name}": "" for name in ("one", "two", "bad", "old", "absent")}

    assert source.missing(places) == {"wiki:old": None, "wiki:absent": None}
    assert source.missing(places | {"wiki:two": "articles-1", "wiki:absent": "articles-1"}) == {
        "wiki:two": "",
        "wiki:old": None,
        "wiki:absent": None,
    }

    write(file, line("two"), line("absent"))

    assert source.missing(places).keys() == {"wiki:one", "wiki:bad", "wiki:old"}
    source.close()
    assert source.missing({"wiki:two": ""}) == {}
    source.close()


def test_nothing_is_called_missing_while_a_file_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path / "a.json", "[")
    write(tmp_path / "b.jsonl", line("b"))
    source = FileSource("wiki", tmp_path)

    with pytest.raises(SourceRejected, match=r"a\.json.*correct the file, or remove it"):
        source.missing({"wiki:a": ""})
    with pytest.raises(SourceRejected, match=r"a\.json"):
        list(source.fetch(["wiki:a"]))


@pytest.mark.parametrize(
    "torn", ['{"id": "torn", "text": "Ada', b'{"id": "torn", "text": "caf\xe9"}', "[" * 100_000]
)
def test_nothing_is_called_missing_while_a_line_cannot_be_read(
    tmp_path: Path, torn: str | bytes
) -> None:
    file = write(tmp_path / "a.jsonl", line("one"), torn, '{"text": "no id"}', line("two"))
    source = FileSource("wiki", file)

    told = r"a\.jsonl, line 2: the line is not .*correct the file, or remove it"
    with pytest.raises(SourceRejected, match=told):
        source.missing({"wiki:torn": ""})
    with pytest.raises(SourceRejected, match=told):
        list(source.fetch(["wiki:torn", "wiki:two"]))

    assert [id_of(found) for found in source.fetch(["wiki:two", "wiki:one"])] == [
        "wiki:one",
        "wiki:two",
    ]
    write(file, line("one"), '{"text": "no id"}', line("two"))
    assert source.missing({"wiki:torn": ""}) == {"wiki:torn": None}
    assert list(source.fetch(["wiki:torn"])) == [Gone(document="wiki:torn")]
    source.close()
