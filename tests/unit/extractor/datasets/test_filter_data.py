from __future__ import annotations

from pathlib import Path

import pytest

from extractor.datasets.docred import Label, LabelledDocument
from extractor.datasets.filter_data import CDR_VOCABULARY, GDA_VOCABULARY, read_filter_data
from extractor.errors import DatasetRejected
from tests.unit.extractor.filter_lines import CDR_PAIRS, CDR_TEXT, GDA_PAIRS, GDA_TEXT, line

CDR = line("227508", CDR_TEXT, CDR_PAIRS)


def write(folder: Path, *lines: str) -> Path:
    path = folder / "train_filter.data"
    path.write_text("".join(f"{each}\n" for each in lines), encoding="utf-8")
    return path


def names(item: LabelledDocument) -> list[tuple[str, list[str]]]:
    document = item.document
    return [
        (cluster.type, [document.text[mention.start : mention.end] for mention in cluster.mentions])
        for cluster in document.clusters
    ]


def test_cdr_is_read_with_its_entities_once_each(tmp_path: Path) -> None:
    (item,) = read_filter_data(write(tmp_path, CDR), vocabulary=CDR_VOCABULARY)
    document = item.document
    assert (document.id, document.title) == ("pubmed:227508", "227508")
    assert document.text == "Ulcers in rats ibuprofen and aspirin . No Aspirin for pain | fever ."
    assert [document.text[span.start : span.end] for span in document.sentences] == [
        "Ulcers in rats ibuprofen and aspirin .",
        "No Aspirin for pain | fever .",
    ]
    assert names(item) == [
        ("Chemical", ["aspirin", "Aspirin"]),
        ("Disease", ["Ulcers"]),
        ("Disease", ["pain"]),
        ("Chemical", ["ibuprofen"]),
    ]


def test_the_first_argument_is_the_head_wherever_it_stands(tmp_path: Path) -> None:
    for direction in ("L2R", "R2L"):
        path = write(tmp_path, line("1", CDR_TEXT, CDR_PAIRS, {1: direction}))
        (item,) = read_filter_data(path, vocabulary=CDR_VOCABULARY)
        assert item.labels == (Label(head=0, relation="CID", tail=1),)


def test_a_pair_that_the_filter_took_out_is_unjudged_and_its_entities_stay(tmp_path: Path) -> None:
    (item,) = read_filter_data(write(tmp_path, CDR), vocabulary=CDR_VOCABULARY)
    assert item.unjudged == {(3, 1)}


@pytest.mark.parametrize("label", ["1:CID:2", "1:NR:2"])
@pytest.mark.parametrize("order", [1, -1])
def test_a_pair_that_other_columns_judge_is_judged(tmp_path: Path, label: str, order: int) -> None:
    pair = (label, *CDR_PAIRS[2][1:])  # ibuprofen and ulcer, taken out by the filter
    path = write(tmp_path, line("1", CDR_TEXT, (*CDR_PAIRS, pair)[::order]))
    (item,) = read_filter_data(path, vocabulary=CDR_VOCABULARY)
    assert item.unjudged == frozenset()
    assert len(item.labels) == (2 if label == "1:CID:2" else 1)


def test_mentions_that_come_twice_count_once_and_ids_have_no_order(tmp_path: Path) -> None:
    first, *others = CDR_PAIRS
    twice = list(first)
    twice[8:11] = ["5:8:5", "6:9:6", "0:1:0"]
    twice[11] = "D010437|D014456"
    path = write(tmp_path, line("1", CDR_TEXT, (tuple(twice), *others)))
    (item,) = read_filter_data(path, vocabulary=CDR_VOCABULARY)
    assert names(item)[:2] == [("Chemical", ["aspirin", "Aspirin"]), ("Disease", ["Ulcers"])]
    assert len(item.document.clusters) == 4


def test_gda_has_the_same_layout(tmp_path: Path) -> None:
    path = write(tmp_path, line("9", GDA_TEXT, GDA_PAIRS))
    (item,) = read_filter_data(path, vocabulary=GDA_VOCABULARY)
    assert names(item) == [("Gene", ["BRCA1"]), ("Disease", ["breast cancer", "cancer"])]
    assert item.labels == (Label(head=0, relation="GDA", tail=1),)


def test_a_document_without_pairs_has_no_entities(tmp_path: Path) -> None:
    items = read_filter_data(write(tmp_path, f"1\t{CDR_TEXT}", CDR), vocabulary=CDR_VOCABULARY)
    assert [len(item.document.clusters) for item in items] == [0, 4]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({0: "2:CID:1"}, "'2:CID:1' is neither"),
        ({0: "CID"}, "'CID' is neither"),
        ({0: "1:GDA:2"}, "'GDA' is not one of CID"),
        ({1: "NON-CROSS"}, "expected L2R or R2L"),
        ({2: "0"}, "CROSS or NON-CROSS"),
        ({7: "Disease"}, "does not hold from Disease to Disease"),
        ({7: "a b"}, "does not hold from a b"),
        ({0: "1:NR:2", 7: "Gene"}, "is both Gene and Chemical"),
        ({8: "5"}, "equally many numbers"),
        ({8: "5:x"}, "equally many numbers"),
        ({8: "5:-8"}, "outside of the document's 14"),
        ({9: "6:15"}, "outside of the document's 14"),
        ({9: "6:8"}, "outside of the document's 14"),
        ({10: "0:0"}, "token 8 is not in sentence 0"),
        ({11: "D001241", 13: "Chemical"}, "is paired with itself"),
    ],
)
def test_a_bad_pair_is_refused_with_its_line(
    tmp_path: Path, changes: dict[int, str], reason: str
) -> None:
    path = write(tmp_path, CDR, line("2", CDR_TEXT, CDR_PAIRS, changes))
    with pytest.raises(DatasetRejected, match=rf"train_filter\.data, line 2: .*{reason}"):
        read_filter_data(path, vocabulary=CDR_VOCABULARY)


@pytest.mark.parametrize(
    "bad",
    ["no tabs", "\t".join(["", CDR_TEXT]), f"{CDR}\tmore", "2\tempty||sentence", CDR],
)
def test_a_bad_line_is_refused_by_number(tmp_path: Path, bad: str) -> None:
    with pytest.raises(DatasetRejected, match=r"train_filter\.data, line 3: "):
        read_filter_data(write(tmp_path, CDR, "", bad), vocabulary=CDR_VOCABULARY)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetRejected, match=r"none\.data: No such file"):
        read_filter_data(tmp_path / "none.data", vocabulary=CDR_VOCABULARY)
    (tmp_path / "bytes.data").write_bytes(b"\xff")
    with pytest.raises(DatasetRejected, match=r"bytes\.data is not UTF-8"):
        read_filter_data(tmp_path / "bytes.data", vocabulary=CDR_VOCABULARY)
