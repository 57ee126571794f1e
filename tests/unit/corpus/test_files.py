from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import SourceRejected
from corpus.files import FileSource
from corpus.jsonl import MAX_LINE_BYTES
from corpus.records import UNKNOWN_TIME, DocumentSource, Gone, Record, Skipped, id_of
from extractor.schema import Document, Mention, Span

DOCRED: dict[str, Any] = {
    "title": "Ada Lovelace",
    "sents": [["Ada", "Lovelace", "was", "born", "."], ["She", "lived", "in", "London", "."]],
    "vertexSet": [
        [{"name": "Ada Lovelace", "pos": [0, 2], "sent_id": 0, "type": "PER"}],
        [{"name": "London", "pos": [3, 4], "sent_id": 1, "type": "LOC"}],
    ],
    "labels": [],
}


def line(identifier: object, text: object = "Ada was born.", **fields: Any) -> str:
    return json.dumps({"id": identifier, "text": text, **fields})


def write(path: Path, *lines: str | bytes, end: bytes = b"\n") -> Path:
    path.write_bytes(b"".join((x.encode() if isinstance(x, str) else x) + end for x in lines))
    return path


def records(source: DocumentSource) -> list[Record]:
    return [record for page in source.pages("") for record in page.records]


def read(path: Path, **options: Any) -> tuple[list[Document], list[Skipped]]:
    documents: list[Document] = []
    skipped: list[Skipped] = []
    for found in records(FileSource("wiki", path, **options)):
        if isinstance(found, Document):
            documents.append(found)
        else:
            assert isinstance(found, Skipped)
            skipped.append(found)
    return documents, skipped


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
        line("list", ["a"]),
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
        Gone(document="wiki:two"),
        Gone(document="wiki:three"),
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


def test_a_folder_is_read_in_order_and_ids_are_unique_over_all_files(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    write(tmp_path / "b.jsonl", line("one"), line("two"))
    write(tmp_path / "sub" / "c.jsonl", line("two"), line("three"))
    write(tmp_path / "sub" / "Ada Lovelace.txt", "Ada was born.")
    write(tmp_path / "a.json", json.dumps([DOCRED]))
    write(tmp_path / "notes.md", "not a document")
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


def test_docred_brings_gold_sentences_and_mentions_as_code_points(tmp_path: Path) -> None:
    documents, _ = read(write(tmp_path / "a.json", json.dumps([DOCRED])))

    (document,) = documents
    assert document.id == "wiki:Ada Lovelace"
    assert document.text == "Ada Lovelace was born . She lived in London ."
    assert document.sentences == (Span(start=0, end=23), Span(start=24, end=45))
    assert [cluster.mentions for cluster in document.clusters] == [
        (Mention(start=0, end=12, type="PER"),),
        (Mention(start=37, end=43, type="LOC"),),
    ]


def test_docred_without_gold_is_raw_text(tmp_path: Path) -> None:
    unusable_gold = DOCRED | {"title": "Other", "vertexSet": [[]]}
    file = write(tmp_path / "a.json", json.dumps([DOCRED, unusable_gold]))

    documents, skipped = read(file, gold=False)

    assert not skipped
    assert [document.text for document in documents] == [
        "Ada Lovelace was born . She lived in London ."
    ] * 2
    assert all(not document.sentences and not document.clusters for document in documents)


def test_malformed_docred_records_are_reported_by_name(tmp_path: Path) -> None:
    broken = [
        DOCRED,
        DOCRED,
        DOCRED | {"title": "No mentions at all", "vertexSet": [[]]},
        {"title": "No sentences"},
        {"sents": []},
        "text",
        DOCRED | {"title": "Empty", "sents": [], "vertexSet": []},
    ]

    documents, skipped = read(write(tmp_path / "a.json", json.dumps(broken)))

    assert [document.id for document in documents] == ["wiki:Ada Lovelace"]
    assert [(report.place, report.document) for report in skipped] == [
        ("record 2", "wiki:Ada Lovelace"),
        ("record 3", "wiki:No mentions at all"),
        ("record 4", "wiki:No sentences"),
        ("record 5", ""),
        ("record 6", ""),
        ("record 7", "wiki:Empty"),
    ]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"sent_id": 9}, "entity 2 of 'vertexSet'"),
        ({"pos": [3, 9]}, "entity 2 of 'vertexSet'"),
        ({"type": "London is secret"}, "entity 2 of 'vertexSet'"),
        ({"pos": "London"}, "entity 2 of 'vertexSet'"),
    ],
)
def test_a_malformed_mention_is_reported_by_its_place_and_never_with_its_text(
    tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    first, second = DOCRED["vertexSet"]
    record = DOCRED | {"vertexSet": [first, [second[0] | change]]}

    _, skipped = read(write(tmp_path / "a.json", json.dumps([record])))

    assert place in skipped[0].reason
    assert "London" not in skipped[0].reason


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"vertexSet": "London"}, "'vertexSet' is not in DocRED's format"),
        ({"sents": [["Ada"], []]}, "'sents' is not in DocRED's format"),
        ({"sents": [[1]]}, "'sents' is not in DocRED's format"),
    ],
)
def test_a_malformed_docred_record_is_reported_by_what_is_wrong(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    _, skipped = read(write(tmp_path / "a.json", json.dumps([DOCRED | change])))

    assert told in skipped[0].reason
    assert "London" not in skipped[0].reason


@pytest.mark.parametrize("content", [b"{", b'{"title": "one"}', b"\xff", b"[" * 100_000])
def test_a_json_file_that_is_not_docred_is_reported(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)

    documents, skipped = read(tmp_path / "a.json")

    assert not documents
    assert [report.place for report in skipped] == ["the file"]


def test_a_path_that_is_no_source_is_refused_with_the_remedy(tmp_path: Path) -> None:
    write(tmp_path / "notes.md", "text")

    with pytest.raises(SourceRejected, match="correct the source's path"):
        records(FileSource("wiki", tmp_path / "absent"))
    with pytest.raises(SourceRejected, match=r"give a folder or \.json"):
        records(FileSource("wiki", tmp_path / "notes.md"))


NAMES = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=40)
TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs"])).filter(lambda text: text.strip())


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
