"""What a challenger learns from, of files and of what people said of edges."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.records import Gone, Page, Record
from extractor.errors import DatasetRejected
from extractor.labelled.docred import LabelledDocument
from extractor.labelled.gathered import write_gathered
from extractor.labelled.reading import LabelledFiles
from extractor.labelled.splits import in_dev_tenth, in_held_out_fifth, split_documents
from extractor.relations import RelationVocabulary, Signature
from extractor.schema import Document
from flows.gathering import (
    COUNTS,
    DOCUMENTS,
    JUDGED,
    TEXTS,
    Gathered,
    gather,
    judged_pairs,
    load,
    save,
)
from flows.judged import labelled_by_verdicts
from graph.export_labels import Edge
from graph.rows import content_hash
from tests.unit.extractor.annotated import labelled

VOCABULARY = RelationVocabulary({"P19": "place of birth", "P20": "place of death"})
TEXT = "[Ada|PER|0] left [Bonn|LOC|1] for [Rome|LOC|2]."


def titled(part: str, *, other_than: Sequence[str] = ()) -> str:
    """Return a title of the held-out fifth, of the dev tenth, or of what trains."""

    def part_of(title: str) -> str:
        if in_held_out_fifth(title):
            return "held out"
        return "dev" if in_dev_tenth(title) else "train"

    numbered = (f"Document {n}" for n in range(1000))
    return next(each for each in numbered if part_of(each) == part and each not in other_than)


TRAIN, DEV, HELD_OUT = titled("train"), titled("dev"), titled("held out")
SECOND = titled("train", other_than=[TRAIN])


def files(*paths: Path) -> LabelledFiles:
    return LabelledFiles(files=paths)


def test_rows_of_a_csv_label_the_documents_beside_it(tmp_path: Path) -> None:
    triples, documents = tmp_path / "triples.csv", tmp_path / "documents.jsonl"
    triples.write_text(f"document,head,relation,tail\n{TRAIN},Ada,P19,Bonn\n", encoding="utf-8")
    documents.write_text(json.dumps({"id": TRAIN, "text": "Ada was born in Bonn."}))

    gathered = gather(LabelledFiles(files=(triples,), documents=documents), VOCABULARY)

    [item] = gathered.documents
    assert (item.document.title, len(item.labels)) == (TRAIN, 1)
    assert not item.marks_every_mention, "other names of the document are not marked"


def document(title: str, *labels: tuple[int, str, int], text: str = TEXT) -> LabelledDocument:
    return labelled(f"{text} It is {title}.", *labels, title=title)


def judging(item: LabelledDocument, *pairs: tuple[int, int]) -> LabelledDocument:
    return replace(item, unjudged=frozenset(judged_pairs(item)) - set(pairs))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.jsonl"
    write_gathered(
        path, [document(t, (0, "P19", 1), (0, "P20", 2)) for t in (TRAIN, DEV, HELD_OUT)]
    )
    return path


def trained(gathered: Gathered) -> set[str]:
    return {item.document.title for item in split_documents(gathered.documents).train}


def test_files_alone_are_what_a_plan_takes(file: Path) -> None:
    gathered = gather(files(file), VOCABULARY)
    assert [item.document.title for item in gathered.documents] == [TRAIN, DEV, HELD_OUT]
    assert gathered.counts == {"documents of file.jsonl": 3}
    assert (gathered.judged, gathered.left_out) == ((), {})


def test_of_two_documents_of_one_title_the_first_counts(file: Path, tmp_path: Path) -> None:
    second = tmp_path / "second.jsonl"
    write_gathered(second, [document(TRAIN), document(SECOND, (0, "P19", 1))])
    gathered = gather(files(file, second), VOCABULARY)
    assert [len(item.labels) for item in gathered.documents] == [2, 2, 2, 1]
    assert gathered.left_out == {"documents whose title another document of the files has": 1}


def test_a_file_without_labels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bare.jsonl"
    write_gathered(path, [document(TRAIN)])
    with pytest.raises(DatasetRejected, match=r"bare.jsonl: none of its 1 documents has a label"):
        gather(files(path), VOCABULARY)


def test_corrections_train_as_such(file: Path) -> None:
    verdict = judging(document(SECOND, (0, "P19", 1)), (0, 1))
    gathered = gather(files(file), VOCABULARY, corrected=[verdict])
    assert gathered.documents[-1] == replace(verdict, corrected=True)
    assert trained(gathered) == {TRAIN, SECOND}
    assert gathered.counts["pairs of corrected documents"] == 1


@pytest.mark.parametrize("title", [DEV, HELD_OUT])
def test_corrections_of_the_held_out_fifth_and_the_dev_tenth_only_score(
    file: Path, title: str
) -> None:
    verdict = judging(document(title, (0, "P19", 1)), (0, 1))
    gathered = gather(files(file), VOCABULARY, corrected=[verdict])
    assert gathered.judged == (verdict,)
    assert len(gathered.documents) == 3
    assert gathered.counts["corrected documents set aside"] == 1


def test_a_held_out_text_under_another_title_trains_nothing(file: Path) -> None:
    held_out = document(HELD_OUT, (0, "P19", 1))
    renamed = replace(held_out, document=replace(held_out.document, title=SECOND))
    gathered = gather(files(file), VOCABULARY, corrected=[renamed], confident=[renamed])
    assert trained(gathered) == {TRAIN}
    assert gathered.judged == (renamed,)
    assert sum(gathered.left_out.values()) == 1


def test_a_file_leaves_out_the_pair_that_a_person_judged_in_its_text(file: Path) -> None:
    clusters = document(TRAIN).document.clusters
    turned = replace(
        document(TRAIN),
        document=replace(document(TRAIN).document, clusters=(clusters[2], clusters[0])),
    )
    rejected = replace(turned, unjudged=frozenset({(0, 1)}))  # what is judged is (1, 0)
    gathered = gather(files(file), VOCABULARY, corrected=[rejected])
    first = gathered.documents[0]
    assert [(each.head, each.tail) for each in first.labels] == [(0, 1)]
    assert first.unjudged == {(0, 2)}
    assert [item.unjudged for item in gathered.documents[1:3]] == [frozenset(), frozenset()]


def test_confident_documents_train_where_nothing_else_labels_them(file: Path) -> None:
    weak = [judging(document(t, (0, "P19", 1)), (0, 1)) for t in (TRAIN, SECOND, DEV, HELD_OUT)]
    gathered = gather(files(file), VOCABULARY, confident=weak)
    assert gathered.documents[3:] == (weak[1],)
    assert sorted(gathered.left_out.values()) == [1, 2]
    assert gathered.judged == ()


def test_what_was_gathered_is_kept_and_belongs_to_its_origin(file: Path, tmp_path: Path) -> None:
    gathered = gather(files(file), VOCABULARY, corrected=[judging(document(DEV), (0, 1))])
    folder = tmp_path / "challenger"
    assert load(folder, {"data": ["a"]}) is None
    save(gathered, folder, {"data": ("a",)})
    assert load(folder, {"data": ("a",)}) == gathered
    with pytest.raises(DatasetRejected, match="challenger was begun with other data"):
        load(folder, {"data": ["b"]})


@pytest.mark.parametrize("lost", [DOCUMENTS, JUDGED])
def test_what_lost_a_part_of_its_texts_is_gathered_anew(
    file: Path, tmp_path: Path, lost: str
) -> None:
    gathered, folder = gather(files(file), VOCABULARY), tmp_path / "challenger"
    save(gathered, folder, {})
    (folder / lost).unlink()
    assert load(folder, {}) is None
    save(gathered, folder, {})
    assert load(folder, {}) == gathered


def test_counts_of_what_was_gathered_before_go_first(file: Path, tmp_path: Path) -> None:
    gathered, folder = gather(files(file), VOCABULARY), tmp_path / "challenger"
    save(gathered, folder, {})
    shutil.rmtree(folder / TEXTS)
    (folder / TEXTS).write_text("in the way: as good as a kill when the folder is made")
    with pytest.raises(FileExistsError):
        save(gathered, folder, {})
    assert load(folder, {}) is None
    assert not (folder / COUNTS).exists()


class Source:
    """Has one document."""

    name = "press"

    def __init__(self, document: Document) -> None:
        self._document = document

    def pages(self, position: str) -> Iterator[Page]:
        """Not needed."""
        raise AssertionError

    def expected(self, position: str) -> int:
        """Not needed."""
        raise AssertionError

    def fetch(self, ids: Sequence[str]) -> Iterator[Record]:
        """Yield the documents now."""
        for id_ in ids:
            yield self._document if id_ == self._document.id else Gone(document=id_)

    def missing(self, places: Mapping[str, str]) -> dict[str, str | None]:
        """Not needed."""
        raise AssertionError

    def close(self) -> None:
        """Nothing to close."""


NEWS = Document(
    id="press:1",
    source="press",
    title="",
    text="Ada left Bonn.",
    updated_at="2026-01-01T00:00:00Z",
)
SPANS = {"Q1": ("PER", [0, 3]), "Q2": ("LOC", [9, 13])}


def read_news(*statements: tuple[str, str, str], document: str = "press:1") -> Any:
    """Return what reads a graph in which a document says this of Ada and Bonn."""

    def read(statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
        if statement == "export_named":
            return [
                {
                    "document": document,
                    "content_hash": content_hash(NEWS),
                    "entity": entity,
                    "type": type_,
                    "names": ["a name"],
                    "spans": spans,
                }
                for entity, (type_, spans) in SPANS.items()
            ]
        keys = {f"{h}|{r}|{t}": (h, r, t) for h, r, t in statements}
        return [
            {
                "edge": edge,
                "document": document,
                "source": "press",
                "head": head,
                "relation": relation,
                "tail": tail,
                "said": said,
            }
            for edge in parameters["rows"]
            if edge in keys
            for said, (head, relation, tail) in keys.items()
            if (head, tail) == (keys[edge][0], keys[edge][2])
        ]

    return read


BORN, DIED = ("Q1", "P19", "Q2"), ("Q1", "P20", "Q2")


def from_graph(
    read: Any, verdicts: Mapping[Edge, str], vocabulary: RelationVocabulary = VOCABULARY
) -> tuple[list[LabelledDocument], dict[str, int]]:
    left_out: Counter[str] = Counter()
    found = list(labelled_by_verdicts(read, verdicts, Source(NEWS), vocabulary, left_out))
    return found, {why: count for why, count in left_out.items() if count}


def test_a_rejected_relation_is_a_negative_and_the_rest_of_its_pair_holds() -> None:
    [item], left_out = from_graph(read_news(BORN, DIED), {BORN: "rejected"})
    assert item.document.title == "1"
    assert [(c.type, [(m.start, m.end) for m in c.mentions]) for c in item.document.clusters] == [
        ("PER", [(0, 3)]),
        ("LOC", [(9, 13)]),
    ]
    assert len(item.document.sentences) == 1
    assert [(each.head, each.relation, each.tail) for each in item.labels] == [(0, "P20", 1)]
    assert item.unjudged == {(1, 0)}
    assert left_out == {}


def test_a_pair_is_confident_when_all_that_is_said_of_it_is() -> None:
    part, left_out = from_graph(read_news(BORN, DIED), {BORN: "confident"})
    assert (part, left_out) == ([], {"pairs of which only a part is known": 1})
    [item], left_out = from_graph(read_news(BORN, DIED), dict.fromkeys((BORN, DIED), "confident"))
    assert [each.relation for each in item.labels] == ["P19", "P20"]
    assert left_out == {}


def test_what_cannot_be_a_label_is_counted_with_its_reason() -> None:
    verdicts = {BORN: "confirmed", ("Q2", "P19", "Q1"): "confirmed"}
    signed = RelationVocabulary(VOCABULARY.names, {"P19": Signature(head=frozenset({"LOC"}))})
    assert from_graph(read_news(BORN), verdicts, signed) == (
        [],
        {
            "statements that the vocabulary does not admit": 1,
            "verdicts on edges that no document states": 1,
        },
    )
    assert from_graph(read_news(BORN, document="press:2"), {BORN: "confirmed"}) == (
        [],
        {"documents that the source has no more, or in another version": 1},
    )


def test_the_file_of_counts_is_for_people_too(file: Path, tmp_path: Path) -> None:
    save(gather(files(file), VOCABULARY), tmp_path / "x", {})
    told = json.loads((tmp_path / "x" / "gathered.json").read_text())
    assert told["counts"] == {"documents of file.jsonl": 3}
