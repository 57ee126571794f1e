"""What people said of a graph trains a model: the files are read back as training reads them."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from corpus.source import Gone, Page, Record
from extractor.datasets.reading import read_labelled
from extractor.relations import RelationVocabulary
from extractor.schema import Document
from flows.cli.labels import LabelFiles, write_labels, write_labels_and_documents
from flows.errors import CorrectionsRejected
from graph.model.records import Correction
from graph.model.rows import content_hash

TEXT = "Ada was born in Paris, said Bob.\nParis it is."
DOCUMENTS = {
    f"press:{n}": Document(
        id=f"press:{n}", source="press", title="", text=TEXT, updated_at="2026-01-01T00:00:00Z"
    )
    for n in range(3)
}
SPANS = {"Q1": [0, 3], "Q2": [16, 21, 33, 38], "Q3": [28, 31]}
VOCABULARY = RelationVocabulary({"P19": "place of birth", "P20": "place of death"})
CORRECTIONS = [
    Correction(
        head="Q1", relation=relation, tail="Q2", verdict=verdict, by="me", at="2026-01-01T00:00:00Z"
    )
    for relation, verdict in (("P19", "confirmed"), ("P20", "rejected"))
]


class Source:
    """The documents' source: the last of them has changed, the one before is gone."""

    name = "press"

    def pages(self, position: str) -> Generator[Page, None, None]:
        """Not needed."""
        raise AssertionError

    def expected(self, position: str) -> int:
        """Not needed."""
        raise AssertionError

    def fetch(self, ids: Sequence[str]) -> Iterator[Record]:
        """Yield the documents now."""
        for id_ in ids:
            yield Gone(document=id_) if id_ == "press:1" else DOCUMENTS[id_]

    def missing(self, places: Mapping[str, str]) -> dict[str, str | None]:
        """Not needed."""
        raise AssertionError

    def unread(self) -> str:
        """Not needed."""
        raise AssertionError

    def close(self) -> None:
        """Nothing to close."""


def read(statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
    rows = parameters["rows"]
    if statement == "export_named":
        return [
            {
                "document": document,
                "content_hash": "old"
                if document == "press:2"
                else content_hash(DOCUMENTS[document]),
                "entity": entity,
                "type": "MISC",
                "names": [TEXT[spans[0] : spans[1]]],
                "spans": spans,
            }
            for document in rows
            for entity, spans in SPANS.items()
        ]
    return [
        {
            "edge": edge,
            "document": document,
            "source": document.partition(":")[0],
            "head": "Q1",
            "relation": edge.split("|")[1],
            "tail": "Q2",
            "said": edge,
        }
        for edge in rows
        for document in DOCUMENTS
    ]


def export(folder: Path) -> LabelFiles:
    return write_labels_and_documents(
        read, CORRECTIONS, folder / "labels.csv", folder / "labels.jsonl", Source()
    )


def test_the_files_are_what_training_reads(tmp_path: Path) -> None:
    files = export(tmp_path)
    assert (files.documents, files.rows) == (1, {"confirmed": 1, "rejected": 1})
    [item] = read_labelled(
        tmp_path / "labels.csv", vocabulary=VOCABULARY, documents=tmp_path / "labels.jsonl"
    )
    assert item.document.text == TEXT
    names = [
        [TEXT[mention.start : mention.end] for mention in cluster.mentions]
        for cluster in item.document.clusters
    ]
    assert names == [["Ada"], ["Paris", "Paris"], ["Bob"]]
    assert [(label.head, label.relation, label.tail) for label in item.labels] == [(0, "P19", 1)]
    assert item.unjudged == {(1, 0), (0, 2), (2, 0), (1, 2), (2, 1)}


def test_documents_in_another_version_are_left_out_and_named(tmp_path: Path) -> None:
    assert export(tmp_path).changed == ["press:1", "press:2"]


def test_the_csv_alone_names_documents_as_their_source_does(tmp_path: Path) -> None:
    write_labels(read, CORRECTIONS, tmp_path / "labels.csv")
    assert (tmp_path / "labels.csv").read_text().splitlines()[:3] == [
        "document,head,relation,tail,verdict",
        "0,Ada,P19,Paris,confirmed",
        "0,Ada,P20,Paris,rejected",
    ]


def test_a_file_that_only_looks_like_a_draft_of_ours_stays(tmp_path: Path) -> None:
    theirs = tmp_path / ".labels.csv.part"
    theirs.write_text("mine")
    write_labels(read, CORRECTIONS, tmp_path / "labels.csv")
    assert theirs.read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == [theirs.name, "labels.csv"]


def test_two_sources_are_not_mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DOCUMENTS, "other:1", DOCUMENTS["press:0"])
    with pytest.raises(CorrectionsRejected, match=r"other and press.*--source"):
        write_labels(read, CORRECTIONS, tmp_path / "labels.csv")
    assert list(tmp_path.iterdir()) == []
