"""DocRED's JSON as a source of documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractor.schema import Block, Mention, Span
from tests.unit.corpus.reading import DOCRED, read, write


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


@pytest.mark.parametrize("gold", [True, False])
def test_docred_with_a_text_is_read_as_that_text(tmp_path: Path, gold: bool) -> None:
    text = "Ada  Lovelace &amp;\nwas born.\nShe lived in London."
    starts = [[0, 5, 20, 24, 28], [30, 34, 40, 43, 49]]
    laid_out = DOCRED | {"text": text, "starts": starts, "blocks": [[0, 50, "paragraph", 0, 0]]}

    (document,), skipped = read(write(tmp_path / "a.json", json.dumps([laid_out])), gold=gold)

    assert not skipped
    assert document.text == text
    assert document.blocks == (Block(start=0, end=50, kind="paragraph"),)
    found = [text[each.start : each.end] for some in document.clusters for each in some.mentions]
    assert found == (["Ada  Lovelace", "London"] if gold else [])


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
        ({"sent_id": 2, "pos": [0, 1]}, "entity 2 of 'vertexSet'"),
    ],
)
def test_a_malformed_mention_is_reported_by_its_place_and_never_with_its_text(
    tmp_path: Path, change: dict[str, Any], place: str
) -> None:
    first, second = DOCRED["vertexSet"]
    sentences = [*DOCRED["sents"], ["\u00a0"]]
    record = DOCRED | {"sents": sentences, "vertexSet": [first, [second[0] | change]]}

    _, skipped = read(write(tmp_path / "a.json", json.dumps([record])))

    assert place in skipped[0].reason
    assert "London" not in skipped[0].reason


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"vertexSet": "London"}, "'vertexSet' is not in DocRED's format"),
        ({"sents": [["Ada"], [None]]}, "'sents' is not in DocRED's format"),
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
