"""Files and folders as a source of documents."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import SourceRejected
from corpus.fields.texts import is_blank
from corpus.fields.times import UNKNOWN_TIME
from corpus.files.jsonl import MAX_LINE_BYTES
from corpus.files.source import FileSource
from corpus.source import DocumentSource
from tests.unit.corpus.reading import DOCRED, line, read, records, write


def test_a_file_source_is_a_document_source(tmp_path: Path) -> None:
    source: DocumentSource = FileSource("wiki", tmp_path)

    assert source.name == "wiki"


def test_bad_lines_are_reported_by_name_and_nothing_else_is_lost(tmp_path: Path) -> None:
    file = write(
        tmp_path / "documents.jsonl",
        line("first"),
        '{"id": "cut", "text": "Ada',
        line("empty", " \t"),
        '{"id": "no text"}',
        '{"text": "no id"}',
        line("first", "again"),
        b'{"id": "latin", "text": "caf\xe9"}',
        "[" * 100_000,
        "9" * 10_000,
        "[]",
        "",
        line("list", ["a", 7]),
        line("last"),
    )

    documents, skipped = read(file)

    assert [document.id for document in documents] == ["wiki:first", "wiki:last"]
    assert documents[0].text == "Ada was born."
    assert {report.source for report in skipped} == {"documents.jsonl"}
    assert [(report.place, report.document) for report in skipped] == [
        ("line 2", ""),
        ("line 3", "wiki:empty"),
        ("line 4", "wiki:no text"),
        ("line 5", ""),
        ("line 6", "wiki:first"),
        ("line 7", ""),
        ("line 8", ""),
        ("line 9", ""),
        ("line 10", ""),
        ("line 12", "wiki:list"),
    ]
    reasons = {report.place: report.reason for report in skipped}
    assert "is not JSON" in reasons["line 2"]
    assert "'text' is empty" in reasons["line 3"]
    assert "'text' is missing" in reasons["line 4"]
    assert "'id' is missing" in reasons["line 5"]
    assert "duplicate id" in reasons["line 6"]
    assert "is not UTF-8 at byte" in reasons["line 7"]
    assert "is not JSON that can be read" in reasons["line 8"]
    assert "must be an object" in reasons["line 10"]


def test_an_overlong_line_is_skipped_and_the_next_one_read(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", line("long", "x" * MAX_LINE_BYTES), line("next"))

    documents, skipped = read(file)

    assert [document.id for document in documents] == ["wiki:next"]
    assert [report.place for report in skipped] == ["line 1"]
    assert "longer than" in skipped[0].reason


@pytest.mark.parametrize(("extra", "read_lines"), [(0, 2), (1, 1)])
def test_the_limit_of_a_line_counts_its_line_feed(
    tmp_path: Path, extra: int, read_lines: int
) -> None:
    filler = MAX_LINE_BYTES - len(line(1, "") + "\n") + extra

    documents, skipped = read(write(tmp_path / "a.jsonl", line(1, "x" * filler), line(2)))

    assert len(documents) == read_lines
    assert len(skipped) == 2 - read_lines


def test_a_document_of_200_000_words_is_read_whole(tmp_path: Path) -> None:
    text = "Ada Lovelace lived. " * 70_000

    documents, _ = read(write(tmp_path / "a.jsonl", line("long", text)))

    assert documents[0].text == text


def test_byte_order_mark_and_crlf_are_no_part_of_the_records(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", b"\xef\xbb\xbf" + line(1).encode(), line(2), end=b"\r\n")

    documents, skipped = read(file)

    assert [document.id for document in documents] == ["wiki:1", "wiki:2"]
    assert not skipped


def test_a_lone_surrogate_is_replaced_and_the_pair_becomes_one_character(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", r'{"id": 1, "text": "a\ud83db \ud83d\ude00 \u0000."}')

    documents, _ = read(file)

    assert documents[0].text == "a\ufffdb 😀  ."


def test_unicode_line_separators_do_not_end_a_line(tmp_path: Path) -> None:
    record = json.dumps({"id": 1, "text": "a\u2028b\u0085c\x0bd"}, ensure_ascii=False)

    documents, skipped = read(write(tmp_path / "a.jsonl", record))

    assert documents[0].text == "a\u2028b c d"
    assert not skipped


def test_pages_hold_500_records_and_no_position(tmp_path: Path) -> None:
    source = FileSource("wiki", write(tmp_path / "a.jsonl", *map(line, range(1200))))

    pages = list(source.pages(""))

    assert [len(page.records) for page in pages] == [500, 500, 200]
    assert {page.position for page in pages} == {""}
    assert source.expected("") == 1200


def test_a_folder_is_read_in_order_and_ids_are_unique_over_all_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    write(tmp_path / "b.jsonl", line("one"), line("two"))
    write(tmp_path / "sub" / "c.jsonl", line("two"), line("three"))
    write(tmp_path / "sub" / "Ada Lovelace.txt", "Ada was born.")
    write(tmp_path / "a.json", json.dumps([DOCRED]))
    write(tmp_path / "notes.rst", "not a document")
    write(tmp_path / ".git" / "hidden.txt", "not a document")

    documents, skipped = read(tmp_path)

    assert [document.id for document in documents] == [
        "wiki:Ada Lovelace",
        "wiki:one",
        "wiki:two",
        "wiki:sub/Ada Lovelace.txt",
        "wiki:three",
    ]
    assert documents[3].title == "Ada Lovelace"
    assert documents[3].updated_at == UNKNOWN_TIME
    assert [(report.source, report.place) for report in skipped] == [("sub/c.jsonl", "line 1")]


def test_kinds_are_told_in_any_case_and_other_files_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path / "A.TXT", "Ada was born.")
    write(tmp_path / "b.JSONL", line("b"), line("b2"))
    write(tmp_path / "c.ndjson", line("c"))
    write(tmp_path / "d.Json", json.dumps([DOCRED]))
    for name in ("a.rst", "sub/b.RST", "README", ".hidden"):
        write(tmp_path / name, "no document")

    documents, skipped = read(tmp_path)

    assert [each.id for each in documents] == [
        *("wiki:A.TXT", "wiki:b", "wiki:b2", "wiki:c", "wiki:Ada Lovelace"),
    ]
    assert not skipped
    assert FileSource("wiki", tmp_path).expected("") == 5
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        f"{tmp_path}: 3 files of other kinds (2 .rst, 1 without a suffix) not read, only "
        ".json, .jsonl, .ndjson, .txt, .docx, .eml, .htm, .html, .markdown, .md, .pdf"
    ]


def test_a_folder_of_other_kinds_alone_is_no_empty_one(tmp_path: Path) -> None:
    source = FileSource("wiki", tmp_path)
    assert records(source) == []

    write(tmp_path / "a.odt", "no document")

    with pytest.raises(SourceRejected, match=r"1 file of other kinds \(1 \.odt\) not read"):
        records(source)
    with pytest.raises(SourceRejected, match="give files of these kinds"):
        source.missing({"wiki:a.txt": ""})


def test_bad_text_files_are_reported_by_name(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9")
    (tmp_path / "blank.txt").write_bytes(b"\xef\xbb\xbf \n")
    (tmp_path / "huge.txt").write_bytes(b"x" * (MAX_LINE_BYTES + 1))

    documents, skipped = read(tmp_path)

    assert not documents
    assert [(report.document, report.source) for report in skipped] == [
        ("wiki:blank.txt", "blank.txt"),
        ("wiki:huge.txt", "huge.txt"),
        ("wiki:latin.txt", "latin.txt"),
    ]


def test_a_file_that_cannot_be_read_does_not_stop_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a.txt", "Ada was born.")
    write(tmp_path / "b.jsonl", line("b"))
    opened: Callable[[Path], bytes] = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return opened(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)

    documents, skipped = read(tmp_path)

    assert [document.id for document in documents] == ["wiki:b"]
    assert [report.reason for report in skipped] == ["the file cannot be read: Permission denied"]


def test_a_path_that_is_no_source_is_refused_with_the_remedy(tmp_path: Path) -> None:
    write(tmp_path / "notes.rst", "text")

    with pytest.raises(SourceRejected, match="correct the source's path"):
        records(FileSource("wiki", tmp_path / "absent"))
    with pytest.raises(SourceRejected, match=r"give a folder or \.json"):
        records(FileSource("wiki", tmp_path / "notes.rst"))


NAMES = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40)


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"])).filter(
    lambda text: not is_blank(text)
)


@settings(deadline=None)
@given(st.dictionaries(NAMES, TEXTS), st.booleans())
def test_what_is_written_as_jsonl_is_read_back(texts: dict[str, str], escaped: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        raw = ({"id": id_, "text": text} for id_, text in texts.items())
        lines = [json.dumps(record, ensure_ascii=escaped) for record in raw]

        documents, skipped = read(write(Path(folder) / "a.jsonl", *lines))

    assert not skipped
    assert [(document.id, document.text) for document in documents] == [
        (f"wiki:{id_}", text) for id_, text in texts.items()
    ]
