from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from extractor.datasets.docred import LabelledDocument
from extractor.datasets.reading import read_labelled
from extractor.datasets.splits import read_vocabulary_file
from extractor.datasets.triples_csv import read_triples
from extractor.errors import DatasetRejected
from extractor.relations import RelationVocabulary, TypeConstraint
from extractor.schema import Document
from tests.unit.extractor.annotated import annotated_document

GUIDE = Path(__file__).parents[4] / "docs" / "tutorial" / "own-relations.md"
PER, LOC = frozenset({"PER"}), frozenset({"LOC"})
RELATIONS = RelationVocabulary(
    {"born": "place of birth", "in": "located in", "knows": "knows", "at": "at"},
    {
        "born": TypeConstraint(head=PER, tail=LOC),
        "in": TypeConstraint(head=LOC, tail=LOC),
        "at": TypeConstraint(head=PER | LOC),
    },
)
MARKED = "[Ada|PER|0] of [Paris|LOC|1] wept. [ADA|PER|0] met [Paris|PER|2]. [Bern|LOC|3] slept."
PLAIN = "Ada of Zürich wept. ADA met Paris. Lovelace slept."
HEADER = "document,head,relation,tail"
ENTITY_HEADER = "document,name,type"


def document(marked: str = MARKED) -> Document:
    return annotated_document(marked, identifier="d1")


def read(
    folder: Path, *rows: str, given: Document | None = None, entities: tuple[str, ...] = ()
) -> LabelledDocument:
    (folder / "triples.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    (folder / "entities.csv").write_text("\n".join([ENTITY_HEADER, *entities]), encoding="utf-8")
    (item,) = read_triples(
        folder / "triples.csv",
        documents=[given or document()],
        vocabulary=RELATIONS,
        entities=folder / "entities.csv" if entities else None,
    )
    return item


def triples(item: LabelledDocument) -> list[tuple[str, str, str]]:
    def name(cluster: int) -> str:
        mention = item.document.clusters[cluster].mentions[0]
        return item.document.text[mention.start : mention.end]

    return [(name(label.head), label.relation, name(label.tail)) for label in item.labels]


def entities_of(item: LabelledDocument) -> dict[str, list[str]]:
    text = item.document.text
    return {
        f"{text[cluster.mentions[0].start : cluster.mentions[0].end]}: {cluster.type}": [
            text[mention.start : mention.end] for mention in cluster.mentions
        ]
        for cluster in item.document.clusters
    }


def test_names_are_looked_up_among_the_mentions_that_a_document_brings(tmp_path: Path) -> None:
    item = read(tmp_path, "d1, ada ,knows,BERN", "d1,Ada,knows,Bern", "", "d1,Bern,in,Paris")
    assert item.document == document()
    assert triples(item) == [("Ada", "knows", "Bern"), ("Bern", "in", "Paris")]


def test_of_two_entities_with_one_name_the_signature_takes_one(tmp_path: Path) -> None:
    (label,) = read(tmp_path, "d1,Ada,born,Paris").labels
    assert (label.head, label.tail) == (0, 1)
    with pytest.raises(DatasetRejected, match=r"line 2: 'Ada' or 'Paris' names several entities"):
        read(tmp_path, "d1,Ada,knows,Paris")


def test_without_mentions_each_whole_word_occurrence_is_one(tmp_path: Path) -> None:
    item = read(tmp_path, "d1,Ada,born,Zurich", "d1,ada,knows,Lovelace", given=document(PLAIN))
    assert entities_of(item) == {
        "Ada: PER": ["Ada", "ADA"],
        "Zürich: LOC": ["Zürich"],
        "Lovelace: MISC": ["Lovelace"],
    }
    assert triples(item) == [("Ada", "born", "Zürich"), ("Ada", "knows", "Lovelace")]


def test_the_entities_file_gives_types_aliases_and_entities_without_a_row(tmp_path: Path) -> None:
    item = read(
        tmp_path,
        "d1,Lovelace,at,Zurich",
        given=document(PLAIN),
        entities=("d1,Ada|Lovelace,PER", "d1,Paris,City"),
    )
    assert entities_of(item) == {
        "Ada: PER": ["Ada", "ADA", "Lovelace"],
        "Paris: City": ["Paris"],
        "Zürich: MISC": ["Zürich"],
    }
    assert triples(item) == [("Ada", "at", "Zürich")]


def test_a_document_without_rows_is_labelled_with_nothing(tmp_path: Path) -> None:
    assert read(tmp_path).labels == ()
    assert read(tmp_path, given=document("Nothing here.")).document.clusters == ()


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("d1,Ada,married,Bern", "relation 'married' is not in the vocabulary"),
        ("d2,Ada,knows,Bern", "no document has the id 'd2'"),
        ("d1,Ada,knows,Eve", "'Eve' is not found in document 'd1'"),
        ("d1,Ada,knows,ADA", "head and tail are the same entity"),
        ("d1,Bern,born,Ada", "relation 'born' does not hold from LOC to PER"),
        ("d1,Ada,knows", "the tail is missing"),
        ("d1,,knows,Ada", "the head is missing"),
        ("d1,Ada,knows,Bern, Switzerland", "too many cells"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, row: str, reason: str
) -> None:
    with pytest.raises(DatasetRejected, match=rf"triples\.csv, line 3: {reason}"):
        read(tmp_path, "d1,Ada,knows,Bern", row)


@pytest.mark.parametrize(
    ("row", "entity", "reason"),
    [
        ("d1,Ada,at,Zurich", "", r"triples\.csv, line 2: 'Ada' may be LOC or PER"),
        ("d1,Zurich,in,Ada", "d1,Ada,PER", r"'in' does not hold from LOC to PER"),
        ("d1,Ada,knows,Eve", "", r"'Eve' is not found in document 'd1'"),
        ("d1,Ada,knows,Paris", "d1,Eve|Eva,PER", r"entities\.csv, line 2: 'Eve|Eva' does not"),
        ("d1,Ada,knows,Paris", "d1,Ada,a b", r"entities\.csv, line 2: entity type 'a b'"),
        ("d1,Ada,knows,Paris", "d2,Ada,PER", r"entities\.csv, line 2: no document has the id"),
    ],
)
def test_an_entity_that_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, row: str, entity: str, reason: str
) -> None:
    with pytest.raises(DatasetRejected, match=reason):
        read(tmp_path, row, given=document(PLAIN), entities=(entity,) if entity else ())


def test_contradictions_name_both_sides(tmp_path: Path) -> None:
    with pytest.raises(DatasetRejected, match=r"line 3: 'Ada' cannot be PER as above and LOC here"):
        read(tmp_path, "d1,Ada,born,Zurich", "d1,Ada,in,Zurich", given=document(PLAIN))
    with pytest.raises(DatasetRejected, match=r"line 3: 'ada' is a name of another entity"):
        read(tmp_path, given=document(PLAIN), entities=("d1,Ada,PER", "d1,Paris|ADA,LOC"))
    with pytest.raises(DatasetRejected, match=r"entities\.csv, line 2: the document brings"):
        read(tmp_path, entities=("d1,Ada,PER",))


def judged(folder: Path, *rows: str, given: Document | None = None) -> list[LabelledDocument]:
    path = folder / "corrections.csv"
    path.write_text("\n".join([f"{HEADER},verdict", *rows]), encoding="utf-8")
    other = replace(document(), id="tests:d2")
    return read_triples(path, documents=[given or document(), other], vocabulary=RELATIONS)


def test_verdicts_judge_their_own_pairs_and_leave_the_others_open(tmp_path: Path) -> None:
    (item,) = judged(
        tmp_path,
        "d1,Ada,knows,Bern,confirmed",
        "d1,Ada,at,Bern,rejected",
        "d1,Bern,in,Paris,asserted",
        "d1,Bern,knows,Ada,rejected",
    )
    assert item.document.id == "tests:d1"
    assert triples(item) == [("Ada", "knows", "Bern"), ("Bern", "in", "Paris")]
    clusters = len(item.document.clusters)
    assert len(item.unjudged) == clusters * (clusters - 1) - 3
    ada, bern = (label_end(item, 0, end) for end in ("head", "tail"))
    assert not {(ada, bern), (bern, ada)} & item.unjudged


def label_end(item: LabelledDocument, number: int, end: str) -> int:
    return int(getattr(item.labels[number], end))


def test_names_of_rejected_rows_are_entities_too(tmp_path: Path) -> None:
    (item,) = judged(tmp_path, "d1,Ada,born,Zurich,rejected", given=document(PLAIN))
    assert entities_of(item) == {"Ada: PER": ["Ada", "ADA"], "Zürich: LOC": ["Zürich"]}
    assert item.labels == ()
    assert item.unjudged == {(1, 0)}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("d1,Ada,knows,Bern,rejected", "the opposite of corrections.csv, line 2"),
        ("d1,Ada,at,Bern,maybe", "verdict 'maybe' is none of confirmed, asserted, rejected"),
        ("d1,Ada,at,Bern", "the verdict is missing"),
    ],
)
def test_a_verdict_that_cannot_be_used_is_refused_with_its_line(
    tmp_path: Path, row: str, reason: str
) -> None:
    with pytest.raises(DatasetRejected, match=rf"corrections\.csv, line 3: {reason}"):
        judged(tmp_path, "d1,Ada,knows,Bern,confirmed", row)


def test_the_first_problems_are_listed_and_the_others_counted(tmp_path: Path) -> None:
    with pytest.raises(DatasetRejected) as refused:
        read(tmp_path, *["d1,Ada,knows,Eve"] * 13)
    lines = str(refused.value).splitlines()
    assert lines[0] == "13 problems in triples.csv:"
    assert lines[10].startswith("  triples.csv, line 11: ")
    assert lines[11:] == ["  and 3 more"]


@pytest.mark.parametrize(
    "content",
    [None, b"", b"document;head;relation;tail\n", b"document,head,relation\n", b"\xff",
     b'document,head,relation,tail\nd1,"A,knows,B\n'],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused_by_name(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "triples.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetRejected, match=r"triples\.csv"):
        read_triples(path, documents=[document()], vocabulary=RELATIONS)


def test_a_spreadsheets_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "triples.csv"
    path.write_bytes(
        b'\xef\xbb\xbftail,document,relation,head,note\r\n"Bern, here",d1,knows,Ada,x\r\n'
    )
    given = document("[Ada|PER|0] of [Bern, here|LOC|1].")
    (item,) = read_triples(path, documents=[given], vocabulary=RELATIONS)
    assert triples(item) == [("Ada", "knows", "Bern, here")]


def guides_files() -> Mapping[str, str]:
    blocks = re.findall(r"`([\w.]+)`[^`\n]*:\n\n```\w+\n(.*?)```", GUIDE.read_text("utf-8"), re.S)
    return dict(blocks)


def test_the_guides_files_are_what_it_says(tmp_path: Path) -> None:
    for name, content in guides_files().items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    vocabulary = read_vocabulary_file(tmp_path / "vocabulary.json")
    assert not vocabulary.admits("seat", "ORG", "PER")
    assert vocabulary.admits("owner", "LOC", "PER")
    items = read_labelled(
        tmp_path / "triples.csv",
        vocabulary=vocabulary,
        documents=tmp_path / "documents.jsonl",
        entities=tmp_path / "entities.csv",
    )
    assert [triples(item) for item in items] == [
        [("Lumen Works", "founder", "Ida Krog"), ("Lumen Works", "seat", "Bergen")],
        [("Nordlys AS", "seat", "Zürich"), ("Nordlys AS", "owner", "Lumen Works")],
        [],
    ]
    assert entities_of(items[0]) == {
        "Ida Krog: PER": ["Ida Krog", "Krog"],
        "Lumen Works: ORG": ["Lumen Works", "the company"],
        "1999: TIME": ["1999"],
        "Bergen: LOC": ["Bergen"],
    }


def test_the_guides_error_is_what_such_rows_give(tmp_path: Path) -> None:
    for name, content in guides_files().items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    spoilt = (
        guides_files()["triples.csv"]
        .replace("founder", "foundr")
        .replace("Zurich", "Bern")
        .replace("d2,Nordlys AS,owner", "d9,Nordlys AS,owner")
    )
    (tmp_path / "triples.csv").write_text(spoilt, encoding="utf-8")
    with pytest.raises(DatasetRejected) as refused:
        read_labelled(
            tmp_path / "triples.csv",
            vocabulary=read_vocabulary_file(tmp_path / "vocabulary.json"),
            documents=tmp_path / "documents.jsonl",
        )
    assert f"```text\n{refused.value}\n```" in GUIDE.read_text("utf-8")
