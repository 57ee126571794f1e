"""What a challenger learns from, of files and of what people said of edges."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.datasets.docred import LabelledDocument
from extractor.datasets.gathered import write_gathered
from extractor.datasets.reading import LabelledFiles
from extractor.datasets.splits import in_dev_tenth, in_held_out_fifth, split_documents
from extractor.errors import DatasetRejected
from flows.retrain.data import (
    COUNTS,
    DOCUMENTS,
    SET_ASIDE,
    TEXTS,
    Gathered,
    gather,
    load_gathered,
    save_gathered,
)
from tests.unit.flows.labelling import VOCABULARY, document


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


def judging(item: LabelledDocument, *pairs: tuple[int, int]) -> LabelledDocument:
    return replace(item, unjudged=frozenset(item.labelled_pairs - set(pairs)))


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
    assert (gathered.set_aside, gathered.left_out) == ((), {})


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
    assert gathered.set_aside == (verdict,)
    assert len(gathered.documents) == 3
    assert gathered.counts["corrected documents set aside"] == 1


def test_a_held_out_text_under_another_title_trains_nothing(file: Path) -> None:
    held_out = document(HELD_OUT, (0, "P19", 1))
    renamed = replace(held_out, document=replace(held_out.document, title=SECOND))
    gathered = gather(files(file), VOCABULARY, corrected=[renamed], confident=[renamed])
    assert trained(gathered) == {TRAIN}
    assert gathered.set_aside == (renamed,)
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
    assert gathered.set_aside == ()


def test_what_was_gathered_is_kept_and_belongs_to_its_origin(file: Path, tmp_path: Path) -> None:
    gathered = gather(files(file), VOCABULARY, corrected=[judging(document(DEV), (0, 1))])
    folder = tmp_path / "challenger"
    assert load_gathered(folder, {"data": ["a"]}) is None
    save_gathered(gathered, folder, {"data": ("a",)})
    assert load_gathered(folder, {"data": ("a",)}) == gathered
    with pytest.raises(DatasetRejected, match="challenger was begun with other data"):
        load_gathered(folder, {"data": ["b"]})


@pytest.mark.parametrize("lost", [DOCUMENTS, SET_ASIDE])
def test_what_lost_a_part_of_its_texts_is_gathered_anew(
    file: Path, tmp_path: Path, lost: str
) -> None:
    gathered, folder = gather(files(file), VOCABULARY), tmp_path / "challenger"
    save_gathered(gathered, folder, {})
    (folder / lost).unlink()
    assert load_gathered(folder, {}) is None
    save_gathered(gathered, folder, {})
    assert load_gathered(folder, {}) == gathered


def test_counts_of_what_was_gathered_before_go_first(file: Path, tmp_path: Path) -> None:
    gathered, folder = gather(files(file), VOCABULARY), tmp_path / "challenger"
    save_gathered(gathered, folder, {})
    shutil.rmtree(folder / TEXTS)
    (folder / TEXTS).write_text("in the way: as good as a kill when the folder is made")
    with pytest.raises(FileExistsError):
        save_gathered(gathered, folder, {})
    assert load_gathered(folder, {}) is None
    assert not (folder / COUNTS).exists()


def test_the_file_of_counts_is_for_people_too(file: Path, tmp_path: Path) -> None:
    save_gathered(gather(files(file), VOCABULARY), tmp_path / "x", {})
    told = json.loads((tmp_path / "x" / "gathered.json").read_text())
    assert told["counts"] == {"documents of file.jsonl": 3}
