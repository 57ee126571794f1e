from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extractor.datasets.docred import Label, read_docred
from extractor.errors import DatasetRejected
from extractor.schema import Block

Record = dict[str, Any]


def record() -> Record:
    return {
        "title": "Ada",
        "sents": [["Ada", "Lovelace", "was", "born", "."], ["She", "left", "London", "."]],
        "vertexSet": [
            [
                {"name": "She", "pos": [0, 1], "sent_id": 1, "type": "PER"},
                {"name": "Ada Lovelace", "pos": [0, 2], "sent_id": 0, "type": "PER"},
            ],
            [{"name": "London", "pos": [2, 3], "sent_id": 1, "type": "LOC"}],
        ],
        "labels": [{"h": 0, "t": 1, "r": "P19", "evidence": [1, 0]}],
    }


def write(folder: Path, *records: Any) -> Path:
    path = folder / "labelled.json"
    path.write_text(json.dumps(list(records)), encoding="utf-8")
    return path


def test_spans_are_those_of_the_joined_tokens(tmp_path: Path) -> None:
    (item,) = read_docred(write(tmp_path, record()))
    document = item.document
    assert document.text == "Ada Lovelace was born . She left London ."
    sentences = [document.text[span.start : span.end] for span in document.sentences]
    assert sentences == ["Ada Lovelace was born .", "She left London ."]
    names = [
        [document.text[mention.start : mention.end] for mention in cluster.mentions]
        for cluster in document.clusters
    ]
    assert names == [["Ada Lovelace", "She"], ["London"]]
    assert [cluster.type for cluster in document.clusters] == ["PER", "LOC"]
    assert item.labels == (Label(head=0, relation="P19", tail=1, evidence=(0, 1)),)


@pytest.mark.parametrize("empty", [[], [""], [" ", "\u00a0"]])
def test_an_empty_sentence_is_none_and_the_others_keep_what_is_said_of_them(
    tmp_path: Path, empty: list[str]
) -> None:
    padded = record()
    padded["sents"] = [empty, padded["sents"][0], empty, padded["sents"][1], empty]
    for vertex in padded["vertexSet"]:
        for mention in vertex:
            mention["sent_id"] = 2 * mention["sent_id"] + 1
    padded["labels"][0]["evidence"] = [3, 1, 0]

    (item,) = read_docred(write(tmp_path, padded))

    document = item.document
    sentences = [document.text[span.start : span.end] for span in document.sentences]
    assert sentences == ["Ada Lovelace was born .", "She left London ."]
    (london,) = document.clusters[1].mentions
    assert document.text[london.start : london.end] == "London"
    assert item.labels == (Label(head=0, relation="P19", tail=1, evidence=(0, 1)),)


@pytest.mark.parametrize("token", ["", " ", "\u00a0", "\x00", "\u200b"])
def test_a_mention_of_nothing_is_refused(tmp_path: Path, token: str) -> None:
    blank = record()
    blank["sents"][1][2] = token

    with pytest.raises(DatasetRejected, match="'London': a blank is no mention"):
        read_docred(write(tmp_path, blank))


def test_a_document_without_labels_is_read(tmp_path: Path) -> None:
    unlabelled = record()
    del unlabelled["labels"]
    (item,) = read_docred(write(tmp_path, unlabelled))
    assert item.labels == ()
    assert item.marks_every_mention


def test_a_label_that_comes_twice_counts_once_with_all_its_evidence(tmp_path: Path) -> None:
    twice = record()
    twice["labels"] = [
        {"h": 0, "t": 1, "r": "P19", "evidence": [1]},
        {"h": 0, "t": 1, "r": "P20"},
        {"h": 0, "t": 1, "r": "P19", "evidence": [0, 1]},
    ]
    (item,) = read_docred(write(tmp_path, twice))
    assert item.labels == (
        Label(head=0, relation="P19", tail=1, evidence=(0, 1)),
        Label(head=0, relation="P20", tail=1, evidence=()),
    )


@pytest.mark.parametrize("entities", [0, 1])
def test_a_document_with_less_than_a_pair_is_read(tmp_path: Path, entities: int) -> None:
    small = record() | {"vertexSet": record()["vertexSet"][:entities], "labels": []}
    (item,) = read_docred(write(tmp_path, small))
    assert len(item.document.clusters) == entities
    assert item.labels == ()


def test_other_data_bring_their_own_entity_types(tmp_path: Path) -> None:
    own = record()
    own["vertexSet"][1][0]["type"] = "City"
    (item,) = read_docred(write(tmp_path, own))
    assert [cluster.type for cluster in item.document.clusters] == ["PER", "City"]
    assert not item.marks_every_mention, "the detector has no such type"


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ({"h": 0, "t": 0, "r": "P19"}, "head and tail are the same entity"),
        ({"h": 0, "t": 2, "r": "P19"}, "no entity 2: the document has 2"),
        ({"h": 0, "t": 1, "r": "P19", "evidence": [9]}, "no evidence sentence 9"),
    ],
)
def test_a_bad_label_is_refused_with_its_reason(tmp_path: Path, label: Record, reason: str) -> None:
    with pytest.raises(DatasetRejected, match=reason):
        read_docred(write(tmp_path, record() | {"labels": [label]}))


def _label(**changes: Any) -> Callable[[Record], None]:
    return lambda item: item["labels"][0].update(changes)


def _mention(**changes: Any) -> Callable[[Record], None]:
    return lambda item: item["vertexSet"][1][0].update(changes)


@pytest.mark.parametrize(
    "spoil",
    [
        _label(t=0),
        _label(t=2),
        _label(h=-1),
        _label(h="0"),
        _label(h=None),
        _label(h=0.0),
        _label(h=False),
        _label(r=None),
        _label(r=""),
        _label(evidence=[-1]),
        _label(evidence=["0"]),
        _label(evidence=[0, 9]),
        _label(evidence=3),
        _mention(pos=[3, 5]),
        _mention(pos=[2, 2]),
        _mention(pos=[-1, 1]),
        _mention(pos=[2]),
        _mention(pos="23"),
        _mention(sent_id=2),
        _mention(sent_id=-1),
        _mention(type="a b"),
        _mention(type=""),
        _mention(type=")-["),
        _mention(type=None),
        lambda item: item.pop("sents"),
        lambda item: item.pop("vertexSet"),
        lambda item: item["vertexSet"].append([]),
        lambda item: item["vertexSet"].append([7]),
        lambda item: item["sents"].append([7]),
        lambda item: item["labels"].append([0, 1]),
        lambda item: item.update(labels=None),
    ],
)
def test_a_malformed_record_is_refused_and_named(
    tmp_path: Path, spoil: Callable[[Record], None]
) -> None:
    bad = record()
    spoil(bad)
    with pytest.raises(DatasetRejected, match="'Ada'"):
        read_docred(write(tmp_path, record(), bad))


@pytest.mark.parametrize("title", [None, 7, ["Ada"]])
def test_a_record_without_a_title_is_refused_by_its_place(tmp_path: Path, title: object) -> None:
    with pytest.raises(DatasetRejected, match=r"labelled\.json, document 1"):
        read_docred(write(tmp_path, record(), {**record(), "title": title}))


DEEP = b"[" * 100_000


@pytest.mark.parametrize("content", [b"{}", b"[1]", b"no", b"\xff\xfe", b"", DEEP], ids=range(6))
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(DatasetRejected, match=r"other\.json"):
        read_docred(path)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(DatasetRejected, match=r"cannot read .*missing\.json: No such file"):
        read_docred(tmp_path / "missing.json")


def written(text: str = "Ada  Lovelace\nwas born. She left London.") -> Record:
    """Return the record with its text, in which tokens stand elsewhere than joined by blanks."""
    starts = [[0, 5, 14, 18, 22], [24, 28, 33, 39]]
    blocks = [[0, 23, "paragraph", 0, 0], [24, 40, "row", 1, 2]]
    return record() | {"text": text, "starts": starts, "blocks": blocks}


def test_a_text_that_a_record_brings_is_kept_with_its_offsets_and_blocks(tmp_path: Path) -> None:
    (item,) = read_docred(write(tmp_path, written()))
    document = item.document
    assert document.text == written()["text"]
    sentences = [document.text[span.start : span.end] for span in document.sentences]
    assert sentences == ["Ada  Lovelace\nwas born.", "She left London."]
    names = [
        [document.text[mention.start : mention.end] for mention in cluster.mentions]
        for cluster in document.clusters
    ]
    assert names == [["Ada  Lovelace", "She"], ["London"]]
    assert document.blocks == (
        Block(start=0, end=23, kind="paragraph"),
        Block(start=24, end=40, kind="row", group=1, line=2),
    )


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("text", "Ada Lovelace was born. She left London.", "is not at 5 of the text"),
        ("starts", [[0, 5, 14, 18, 22]], "zip"),
        ("starts", [[0, 5, 14, 18, 22], [24, 28, 33]], "zip"),
        ("starts", [[-41, 5, 14, 18, 22], [24, 28, 33, 39]], "is not at -41"),
        ("blocks", [[0, 23, "poem", 0, 0]], "no kind of block 'poem'"),
        ("starts", [[0, 5, 14, 18, 22], [24, 28, 33, 0]], "is not at 0"),
        ("blocks", [[0, 23, "row"]], "unpack"),
        ("blocks", [[0, 23, "row", 0, 0], [20, 30, "row", 0, 0]], "from 20 to 30 .* overlaps"),
        ("blocks", [[0, 99, "row", 0, 0]], "from 0 to 99 is outside"),
    ],
)
def test_a_text_that_does_not_fit_its_tokens_is_refused(
    tmp_path: Path, key: str, value: object, told: str
) -> None:
    with pytest.raises(DatasetRejected, match=f"'Ada'.*{told}"):
        read_docred(write(tmp_path, written() | {key: value}))


def test_what_may_or_may_not_be_listed_is_no_label(tmp_path: Path) -> None:
    optional = [[0, "P551", 1], [0, "P19", 1], [1, "P17", 0]]
    (item,) = read_docred(write(tmp_path, record() | {"optional": optional}))
    assert item.optional == {(0, "P551", 1), (1, "P17", 0)}  # P19 is a label
    with pytest.raises(DatasetRejected, match="no entity 2"):
        read_docred(write(tmp_path, record() | {"optional": [[0, "P551", 2]]}))
