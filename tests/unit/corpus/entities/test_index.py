from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.entities.file import entities_version, read_entities
from corpus.entities.keys import folded, form_of, surface_forms
from corpus.errors import SourceRejected
from corpus.source import Skipped
from extractor.schema import Candidate

LONDON = {"id": "wikidata:Q84", "name": "London", "type": "LOC"}


def read(path: Path, *records: object) -> tuple[list[Candidate], list[Skipped]]:
    lines = (record if isinstance(record, str) else json.dumps(record) for record in records)
    path.write_text("\n".join(lines), encoding="utf-8")
    found = list(read_entities(path))
    return (
        [item for item in found if isinstance(item, Candidate)],
        [item for item in found if isinstance(item, Skipped)],
    )


def test_an_entity_is_read_with_its_names_on_one_line(tmp_path: Path) -> None:
    record: dict[str, Any] = LONDON | {
        "aliases": [" Greater\nLondon ", "London", "Greater London"],
        "description": "capital of\tthe United Kingdom",
        "popularity": 320,
        "former_ids": ["wikidata:Q9", "wikidata:Q84", "wikidata:Q7", "wikidata:Q9"],
    }

    (entity,), skipped = read(tmp_path / "e.jsonl", record)

    assert not skipped
    assert entity == Candidate(
        id="wikidata:Q84",
        name="London",
        type="LOC",
        aliases=("Greater London",),
        description="capital of the United Kingdom",
        popularity=320.0,
        former_ids=("wikidata:Q7", "wikidata:Q9"),
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"id": "Q84"}, "'wikidata:Q84'"),
        ({"id": "nil:abc"}, "'wikidata:Q84'"),
        ({"id": ":Q84"}, "'wikidata:Q84'"),
        ({"id": "wikidata:Q 84"}, "'wikidata:Q84'"),
        ({"id": "wikidata:" + "9" * 250}, "longer than 256 bytes"),
        ({"name": ""}, "field 'name' is empty"),
        ({"name": None}, "field 'name' must be a string, found null"),
        ({"name": "x" * 513}, "field 'name' has over 512 characters"),
        ({"name": " ".join(map(str, range(65)))}, "field 'name' has over"),
        ({"name": "ﷺ" * 100}, "field 'name' has over"),
        ({"type": "a town"}, "field 'type' entity type 'a town' is not a name"),
        ({"type": 7}, "field 'type'"),
        ({"former_ids": ["Q1"]}, "field 'former_ids.0' must be '<knowledge base>:<id>'"),
        ({"facts": [["P17", "Q145"]]}, "field 'facts.0.1' must be '<knowledge base>:<id>'"),
        ({"facts": [["P 17", "wikidata:Q145"]]}, "field 'facts.0.0' must be a relation's id"),
        ({"facts": [["P17"]]}, "field 'facts.0"),
        ({"aliases": ["ok", ""]}, "field 'aliases.1' is empty"),
        ({"aliases": "London"}, "field 'aliases'"),
        ({"popularity": -1}, "field 'popularity'"),
        ({"popularity": "many"}, "field 'popularity'"),
        ({"popularity": float("nan")}, "field 'popularity'"),
        ({"popularity": float("inf")}, "field 'popularity'"),
        ({"description": 7}, "field 'description' must be a string"),
    ],
)
def test_a_broken_entity_is_reported_naming_the_field(
    tmp_path: Path, fields: dict[str, Any], reason: str
) -> None:
    entities, skipped = read(tmp_path / "e.jsonl", LONDON | fields)

    assert not entities
    assert reason in skipped[0].reason
    assert skipped[0].source == "e.jsonl"
    assert skipped[0].place == "line 1"


def test_bad_lines_and_duplicates_are_reported_and_the_rest_is_kept(tmp_path: Path) -> None:
    entities, skipped = read(
        tmp_path / "e.jsonl",
        LONDON,
        "{",
        LONDON | {"name": "Another"},
        "[]",
        {"id": "wikidata:Q1", "type": "MISC"},
        LONDON | {"id": "wikidata:Q92561", "popularity": 20},
    )

    assert [entity.id for entity in entities] == ["wikidata:Q84", "wikidata:Q92561"]
    assert [(report.place, report.document) for report in skipped] == [
        ("line 2", ""),
        ("line 3", "wikidata:Q84"),
        ("line 4", ""),
        ("line 5", "wikidata:Q1"),
    ]
    assert "duplicate id" in skipped[1].reason
    assert "'name' is missing" in skipped[3].reason


def test_a_missing_file_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SourceRejected, match="correct its path"):
        list(read_entities(tmp_path / "absent.jsonl"))
    with pytest.raises(SourceRejected, match="correct its path"):
        entities_version(tmp_path / "absent.jsonl")


def test_the_version_follows_the_contents(tmp_path: Path) -> None:
    one, two, three = (tmp_path / name for name in ("1.jsonl", "2.jsonl", "3.jsonl"))
    one.write_text("a", encoding="utf-8")
    two.write_text("a", encoding="utf-8")
    three.write_text("b", encoding="utf-8")

    assert entities_version(one) == entities_version(two) != entities_version(three)


def test_surface_forms_are_folded_once_each() -> None:
    entity = Candidate(id="w:1", name="São Tomé", type="LOC", aliases=("Sao-Tome", "Príncipe"))

    assert surface_forms(entity) == ("principe", "sao tome")


def test_a_name_without_its_article_is_the_same_name() -> None:
    assert folded("The Beatles") == folded("Beatles") == "beatles"


def test_any_name_can_be_folded_and_cut_into_keys() -> None:
    assert folded("\ud800 Ada\x00Lovelace") == "ada lovelace"
    form = form_of("New York, New York")
    assert form is not None
    assert form.words == ("new", "york")
    assert form.trigrams == ("  n", " ne", "new", "ew ", "  y", " yo", "yor", "ork", "rk ")
    assert form_of("") is None
    assert form_of(" ".join(map(str, range(65)))) is None
    assert form_of("x" * 513) is None
