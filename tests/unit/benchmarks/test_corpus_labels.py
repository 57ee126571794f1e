from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.training.parts.corpus_labels import Labels, labelled, read_labels, record
from benchmarks.training.parts.corpus_rules import completed, optional
from extractor.datasets.docred import labelled_document
from extractor.schema import Document

TEXT = """# Trustees name a curator

LEITH, 4 May 2021. Ines Okafor joins the Harbour
Museum in Leith, Edinburgh. Friends of Harbour Museum cheered.

| Room | Person |
|---|---|
| East | Okafor |
"""
GIVEN: dict[str, Any] = {
    "title": "Trustees name a curator",
    "kind": "news",
    "entities": [
        {"name": "Ines Okafor", "type": "PER", "forms": ["Ines Okafor", "Okafor"]},
        {"name": "Harbour Museum", "type": "ORG", "forms": ["Harbour Museum", "Friends!"]},
        {"name": "Leith", "type": "LOC", "forms": ["Leith", "LEITH"]},
        {"name": "Edinburgh", "type": "LOC", "forms": ["Edinburgh"]},
        {"name": "4 May 2021", "type": "TIME", "forms": ["4 May 2021"]},
    ],
    "facts": [
        ["Ines Okafor", "P108", "Harbour Museum", [2]],
        ["Harbour Museum", "P131", "Leith", [2]],
        ["Leith", "P131", "Edinburgh", [2, 2]],
    ],
    "tempting": [["Ines Okafor", "P19", "Leith", "she works there"]],
}
RELATIONS = ["P17", "P19", "P108", "P131", "P571"]


def read(**changes: Any) -> Any:
    document = Document(
        id="corpus:x.md", source="corpus", title="x", text=TEXT, updated_at="1970-01-01T00:00:00Z"
    )
    return labelled(document, Labels.model_validate(GIVEN | changes), RELATIONS)


def written(of: Any) -> dict[str, list[str]]:
    return {
        name: [TEXT[span.start : span.end] for span in spans] for name, spans in of.mentions.items()
    }


def test_forms_are_found_where_they_stand_also_across_a_line_break() -> None:
    of = read()
    assert of.errors == []
    assert written(of) == {
        "Ines Okafor": ["Ines Okafor", "Okafor"],
        "Harbour Museum": ["Harbour\nMuseum", "Harbour Museum"],
        "Leith": ["LEITH", "Leith"],
        "Edinburgh": ["Edinburgh"],
        "4 May 2021": ["4 May 2021"],
    }


def test_a_form_can_be_taken_from_one_place_and_hidden() -> None:
    entities = [
        {"name": "Ines Okafor", "type": "PER", "forms": ["Ines Okafor", "Okafor#1!"]},
        {"name": "Harbour Museum", "type": "ORG", "forms": ["Harbour Museum#2"]},
        *GIVEN["entities"][2:],
    ]
    assert written(read(entities=entities)) | {"Leith": []} == {
        "Ines Okafor": ["Ines Okafor"],
        "Harbour Museum": ["Harbour Museum"],
        "Leith": [],
        "Edinburgh": ["Edinburgh"],
        "4 May 2021": ["4 May 2021"],
    }


def test_what_follows_is_added_with_its_sentences() -> None:
    of = read()
    assert of.facts["Harbour Museum", "P131", "Edinburgh"] == (2,)
    assert ("Harbour Museum", "P276", "Edinburgh") in of.optional
    assert ("Edinburgh", "P150", "Leith") in of.optional
    assert ("Edinburgh", "P150", "Harbour Museum") not in of.optional
    assert not of.optional & of.facts.keys()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"facts": [["Ines Okafor", "P108", "Nobody", [2]]]}, "'Nobody' is no entity"),
        ({"facts": [["Ines Okafor", "P9", "Leith", [2]]]}, "no relation 'P9'"),
        ({"facts": [["Ines Okafor", "P108", "Harbour Museum", [9]]]}, r"sentences \[9\] of"),
        ({"facts": [["Ines Okafor", "P108", "Harbour Museum", []]]}, r"sentences \[\] of"),
        ({"facts": [["Leith", "P19", "Edinburgh", [2]]]}, "the head is no person"),
        ({"facts": [["Ines Okafor", "P19", "4 May 2021", [2]]]}, "the tail is no place"),
        ({"facts": [["Leith", "P571", "Edinburgh", [2]]]}, "a date is the tail"),
        ({"facts": [["Leith", "P131", "Leith", [2]]]}, "'Leith' P131 itself"),
        ({"places": [["Leith", "Scotland"]]}, "'Scotland' of places"),
        ({"entities": [*GIVEN["entities"], GIVEN["entities"][0]]}, "is there twice"),
        (
            {"entities": [*GIVEN["entities"], {"name": "X", "type": "PER", "forms": ["Xaver"]}]},
            "'Xaver' is not in the text",
        ),
        (
            {"entities": [*GIVEN["entities"], {"name": "X", "type": "GPE", "forms": ["East"]}]},
            "no type 'GPE'",
        ),
        (
            {"entities": [*GIVEN["entities"], {"name": "X", "type": "LOC", "forms": ["Leith"]}]},
            "'Leith' is of 'Leith' and of 'X'",
        ),
        (
            {"entities": [*GIVEN["entities"], {"name": "X", "type": "LOC", "forms": ["East#2"]}]},
            "East#2: there are 1",
        ),
        ({"tempting": [["Harbour Museum", "P131", "Edinburgh", "?"]]}, "tempting, and yet a fact"),
    ],
)
def test_what_is_wrong_is_told(changes: dict[str, Any], told: str) -> None:
    assert any(__import__("re").search(told, each) for each in read(**changes).errors)


def test_labels_that_are_none_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(GIVEN | {"fact": []}))
    with pytest.raises(ValueError, match="fact: Extra inputs"):
        read_labels(path)


def test_the_record_is_read_back_as_it_was_labelled() -> None:
    of = read()
    item = labelled_document(record(of), place="here")
    assert item.document.text == TEXT
    assert item.document.sentences == tuple(of.sentences)
    names = [each.name for each in of.labels.entities]
    for name, cluster in zip(names, item.document.clusters, strict=True):
        assert [(m.start, m.end) for m in cluster.mentions] == [
            (m.start, m.end) for m in of.mentions[name]
        ]
    stated = {(names[x.head], x.relation, names[x.tail]): x.evidence for x in item.labels}
    assert stated == of.facts
    assert {(names[h], r, names[t]) for h, r, t in item.optional} == of.optional
    assert item.document.blocks


def test_facts_follow_over_several_steps() -> None:
    found = completed(
        {
            ("a", "P159", "b"): (1,),
            ("b", "P131", "c"): (2,),
            ("c", "P17", "d"): (0, 3),
            ("x", "P22", "y"): (4,),
            ("m", "P26", "n"): (5,),
            ("p", "P355", "q"): (6,),
            ("Iran", "P36", "k"): (7,),
            ("v", "P1376", "w"): (8,),
            ("picture", "P276", "b"): (9,),
        },
        {**dict.fromkeys("bcdkvw", "LOC"), "a": "ORG", "picture": "MISC", "Iran": "LOC"},
        {"Iran"},
    )
    assert found["b", "P17", "d"] == (0, 2, 3)
    assert found["a", "P17", "d"] == (0, 1, 2, 3)
    assert found["y", "P40", "x"] == (4,)
    assert found["n", "P26", "m"] == (5,)
    assert found["q", "P749", "p"] == (6,)
    assert found["k", "P17", "Iran"] == (7,)
    assert found["v", "P131", "w"] == (8,)
    assert ("picture", "P17", "d") not in found
    assert len(found) == 18


def test_only_countries_may_be_countries() -> None:
    types = {"a": "ORG", "b": "LOC", "c": "LOC", "p": "PER"}
    found = optional(
        {("a", "P131", "b"), ("p", "P19", "b")}, (), [("b", "c")], types, countries={"c"}
    )
    assert {("a", "P17", "c"), ("b", "P17", "c"), ("p", "P27", "c"), ("p", "P19", "c")} <= found
    assert not {each for each in found if each[1] in ("P17", "P27") and each[2] == "b"}
