from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractor.datasets.docred import Label
from extractor.datasets.filter_data import CDR_VOCABULARY
from extractor.datasets.reading import read_labelled
from extractor.errors import DatasetRejected
from extractor.relations import RelationVocabulary, TypeConstraint
from tests.unit.extractor.filter_lines import CDR_PAIRS, CDR_TEXT, line

SIGNED = RelationVocabulary(
    {"P19": "place of birth"},
    {"P19": TypeConstraint(head=frozenset({"PER"}), tail=frozenset({"LOC"}))},
)


def docred(folder: Path, head: int, relation: str, tail: int) -> Path:
    path = folder / "labelled.json"
    mention = {"sent_id": 0, "type": "PER", "pos": [0, 1]}
    place = {"sent_id": 0, "type": "LOC", "pos": [1, 2]}
    labels = [{"h": head, "r": relation, "t": tail}]
    record = {"title": "Ada", "sents": [["Ada", "Paris"]], "vertexSet": [[mention], [place]]}
    path.write_text(json.dumps([record | {"labels": labels}]))
    return path


def test_docreds_json_is_read(tmp_path: Path) -> None:
    (item,) = read_labelled(docred(tmp_path, 0, "P19", 1), vocabulary=SIGNED)
    assert item.labels == (Label(head=0, relation="P19", tail=1),)


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ((0, "P17", 1), "relation 'P17' is not in the vocabulary"),
        ((1, "P19", 0), "relation 'P19' does not hold from LOC to PER"),
    ],
)
def test_a_label_outside_of_the_vocabulary_is_refused_with_its_document(
    tmp_path: Path, label: tuple[int, str, int], reason: str
) -> None:
    with pytest.raises(DatasetRejected, match=rf"labelled\.json \('Ada'\): .*{reason}"):
        read_labelled(docred(tmp_path, *label), vocabulary=SIGNED)


def test_cdrs_data_are_read(tmp_path: Path) -> None:
    path = tmp_path / "train_filter.data"
    path.write_text(line("1", CDR_TEXT, CDR_PAIRS))
    (item,) = read_labelled(path, vocabulary=CDR_VOCABULARY)
    assert item.document.title == "1"


def test_triples_need_documents_and_nothing_else_takes_them(tmp_path: Path) -> None:
    triples = tmp_path / "triples.csv"
    triples.write_text("document,head,relation,tail\nd1,Ada,P19,Paris\n")
    documents = tmp_path / "documents.jsonl"
    documents.write_text('{"id": "d1", "text": "Ada of Paris"}')
    (item,) = read_labelled(triples, vocabulary=SIGNED, documents=documents)
    assert item.labels == (Label(head=0, relation="P19", tail=1),)
    with pytest.raises(DatasetRejected, match="give their JSONL with --documents"):
        read_labelled(triples, vocabulary=SIGNED)
    with pytest.raises(DatasetRejected, match="brings its own documents"):
        read_labelled(docred(tmp_path, 0, "P19", 1), vocabulary=SIGNED, documents=documents)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetRejected, match=r"x\.tsv: unknown kind of file"):
        read_labelled(tmp_path / "x.tsv", vocabulary=SIGNED)
