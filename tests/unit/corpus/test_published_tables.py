"""The tree of MeSH, tables and files of entities become the file that an index is built from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.errors import SourceRejected
from tests.unit.corpus.dumps import built


@pytest.mark.parametrize("titles", ["Tree Number\tDesc Ui\tTerm\n", ""])
def test_the_tree_of_mesh_gives_each_descriptor_once(tmp_path: Path, titles: str) -> None:
    path = tmp_path / "tree.txt"
    path.write_text(
        f"{titles}"
        "C10.228.140\tD015673\tFatigue Syndrome, Chronic\n"
        "D02\tD000001\tCalcimycin\n"
        "C23.888\tD010146\tPain\n"
        "F02.830\tD010146\tPain\n"
        "F03.600\tD003863\tDepression\n"
        "A01\tD001829\tBody Regions\n"
        "no tree number\n",
        encoding="utf-8",
    )

    entities, report = built(path, "mesh", types=["Disease", "Chemical"])

    assert [(entity.id, entity.type, entity.name, entity.aliases) for entity in entities] == [
        ("mesh:D015673", "Disease", "Fatigue Syndrome, Chronic", ("Chronic Fatigue Syndrome",)),
        ("mesh:D000001", "Chemical", "Calcimycin", ()),
        ("mesh:D010146", "Disease", "Pain", ()),
        ("mesh:D003863", "Disease", "Depression", ()),
    ]
    assert report.left_out == {
        "another type": 1,
        "no tree number, descriptor and term between tabs, in UTF-8": 1,
    }


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('<?xml version="1.0"?>', r"desc\*\.xml"),
        ("*NEWRECORD", r"\(d\*\.bin"),
        ("Body Regions;A01", r"\(mtrees\*\.bin\)"),
    ],
)
def test_another_file_of_mesh_is_refused_with_the_one_that_is_meant(
    tmp_path: Path, line: str, told: str
) -> None:
    path = tmp_path / "tree"
    path.write_text(f"{line}\nRECTYPE = D\n", encoding="utf-8")

    with pytest.raises(SourceRejected, match=rf"{told}.*give its tree"):
        built(path, "mesh")


def test_a_type_close_to_a_known_one_and_a_column_that_is_not_read_are_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "table.csv"
    rows = "own:1,Ada,person,x\nown:2,Bob,person,x\nown:3,Kiel,GPE,x\nown:4,Salt,Chemical,x\n"
    path.write_text(f"id,name,type,alias\n{rows}own:1,Ada,PER,x\n", encoding="utf-8")

    entities, report = built(path, "csv")

    assert len(entities) == 4
    assert report.left_out == {
        "duplicate id: the first record with it counts, which has another name or type": 1
    }
    told = [record.getMessage() for record in caplog.records]
    assert told[0] == "columns that are not read: alias"
    assert told[1].startswith("table.csv line 2: 'person' is a type of your own, and no mention of")
    assert told[2].startswith("table.csv line 4: 'GPE' is a type of your own, and no mention of")
    assert told[3:] == [
        each.replace("table.csv line 2", "entities.jsonl line 1").replace(
            "table.csv line 4", "entities.jsonl line 3"
        )
        for each in told[1:3]
    ]


def test_a_csv_gives_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(
        "id,name,type,aliases,popularity\n"
        'own:1,"Ada, Countess",PER,Ada|Lovelace,3\n'
        "own:2,Nobody\n"
        "own:3,Someone,PER,,many\n"
        "4,Someone,PER,,\n"
        'own:5,"""quoted""",Town,,\n',
        encoding="utf-8",
    )

    entities, report = built(path, "csv")

    assert [(each.id, each.name, each.type, each.aliases) for each in entities] == [
        ("own:1", "Ada, Countess", "PER", ("Ada", "Lovelace")),
        ("own:5", '"quoted"', "Town", ()),
    ]
    assert [count for _, count in report.left_out.items()] == [1, 1, 1]


def test_a_cell_of_a_csv_holds_facts(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(
        "id,name,type,facts\n"
        "own:1,Leith,LOC,P17 wikidata:Q145|P131  own:2 |\n"
        "own:2,Edinburgh,LOC,\n"
        "own:3,Half,LOC,P17\n"
        "own:4,Three,LOC,P17 own:1 own:2\n"
        "own:5,No id,LOC,P17 London\n",
        encoding="utf-8",
    )

    entities, report = built(path, "csv")

    assert [(each.id, each.facts) for each in entities] == [
        ("own:1", (("P131", "own:2"), ("P17", "wikidata:Q145"))),
        ("own:2", ()),
    ]
    assert sum(report.left_out.values()) == 3
    assert all("facts" in reason for reason in report.left_out)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"id,name\nown:1,Ada\n", "lacks the titles type"),
        (b"", "lacks the titles id, name, type"),
        (b"id,name,type\nown:1,\xff,PER\n", "is no CSV in UTF-8"),
        (b'id,name,type\nown:1,"Ada"x,PER\n', "line 2 is no CSV"),
    ],
)
def test_a_csv_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)

    with pytest.raises(SourceRejected, match=told):
        built(path, "csv")


def test_a_file_of_entities_stays_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    record = {
        "id": "own:1",
        "name": "Ada",
        "type": "PER",
        "aliases": ["Lovelace"],
        "description": "",
        "popularity": 3.0,
        "former_ids": ["own:0"],
        "facts": [["P17", "wikidata:Q145"]],
    }
    path.write_text(f"{json.dumps(record)}\n\n[]\n", encoding="utf-8")

    _, report = built(path, "jsonl")

    assert json.loads((tmp_path / "entities.jsonl").read_text(encoding="utf-8")) == record
    assert report.left_out == {"no JSON object that can be read": 1}
