"""What knowledge bases publish becomes the file that an index is built from."""

from __future__ import annotations

import bz2
import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from corpus.entities.sqlite import SqliteEntityIndex
from corpus.errors import SourceRejected
from corpus.knowledge.building import build_entities
from corpus.knowledge.wikidata import WikidataOptions
from corpus.knowledge.wikidata_types import DEFAULT_TYPES, SKIPPED, read_types, type_of
from extractor.schema import Candidate
from tests.unit.corpus.dumps import built


def item(number: int, *classes: str, **fields: Any) -> dict[str, Any]:
    """An item as the dump has it."""
    statements = [
        {
            "mainsnak": {"snaktype": "value", "datavalue": {"value": {"id": each}}},
            "rank": "normal",
        }
        for each in classes
    ]
    label = {"en": {"language": "en", "value": f"Item {number}"}}
    return {
        "type": "item",
        "id": f"Q{number}",
        "labels": label,
        "claims": {"P31": statements},
    } | fields


def dump(*items: object) -> bytes:
    return b"[\n" + b",\n".join(json.dumps(each).encode() for each in items) + b"\n]\n"


LONDON = item(
    84,
    "Q515",
    labels={
        "en": {"language": "en", "value": "London"},
        "de": {"language": "de", "value": "London"},
        "fr": {"language": "fr", "value": "Londres"},
    },
    aliases={"en": [{"language": "en", "value": "Greater London"}, {"value": "x" * 600}]},
    descriptions={"en": {"language": "en", "value": "capital of the United Kingdom"}},
    sitelinks={"enwiki": {"title": "London"}, "frwiki": {"title": "Londres"}},
)


@pytest.mark.parametrize("ending", ["", ".gz", ".bz2"])
def test_a_dump_is_read_however_it_is_compressed(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"dump.json{ending}"
    whole = dump(LONDON)
    path.write_bytes({"": whole, ".gz": gzip.compress(whole), ".bz2": bz2.compress(whole)}[ending])

    entities, report = built(
        path, "wikidata", wikidata=WikidataOptions(languages=("en", "fr")), redirects=None
    )

    assert entities == [
        Candidate(
            id="wikidata:Q84",
            name="London",
            type="LOC",
            aliases=("Londres", "Greater London"),
            description="capital of the United Kingdom",
            popularity=2.0,
        )
    ]
    assert (report.entities, report.names_left_out, report.left_out.total()) == (1, 1, 0)


def test_the_items_of_a_dump_may_stand_without_brackets(tmp_path: Path) -> None:
    path = tmp_path / "subset.ndjson"
    path.write_text(f"{json.dumps(LONDON)}\n{json.dumps(item(1, 'Q515'))}", encoding="utf-8")

    entities, _ = built(path, "wikidata")

    assert [entity.id for entity in entities] == ["wikidata:Q84", "wikidata:Q1"]


def test_what_gives_no_entity_is_counted_by_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "dump.json"
    lines = dump(
        item(1, "Q515"),
        item(2, "Q4167410"),  # a page that lists homonyms
        item(3, "Q515", labels={"ja": {"language": "ja", "value": "東京"}}),
        item(4),
        item(5, "Q515", labels=["not as Wikidata writes it"]),
        {"type": "property", "id": "P31"},
        "no object",
        item(1, "Q515"),
        item(6, "Q5"),
        item(7, "Q515", labels={"en": {"value": "x" * 600}}),
    )
    path.write_bytes(lines.replace(b'"no object"', b'{"cut'))

    entities, report = built(path, "wikidata", types=["LOC"])

    assert [entity.id for entity in entities] == ["wikidata:Q1"]
    assert report.left_out == {
        "a class that holds no entities": 1,
        "no label in these languages": 1,
        "nothing tells its type": 1,
        "not built as Wikidata's items are": 1,
        "no item (a property or a lexeme)": 1,
        "no JSON object that can be read": 1,
        "duplicate id: the first record with it counts": 1,
        "another type": 1,
        "field 'name' has over 512 characters or 64 words": 1,
    }
    assert report.examples["another type"] == "line 10"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("dump.json.gz", gzip.compress(dump(LONDON) * 99)[:-40], "is cut off or damaged"),
        ("dump.json.bz2", bz2.compress(dump(LONDON) * 99)[:-40], "is cut off or damaged"),
        ("dump.json.gz", dump(LONDON), "is cut off or damaged"),
        ("dump.json.bz2", dump(LONDON), "is cut off or damaged"),
        ("dump.json", dump(LONDON)[:-3], "does not end with a line"),
        ("dump.json", b"", "does not end with a line"),
    ],
)
def test_a_source_that_is_not_whole_is_refused_and_nothing_is_written(
    tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    path, output = tmp_path / name, tmp_path / "entities.jsonl"
    path.write_bytes(content)
    output.write_text("the file of last time", encoding="utf-8")

    with pytest.raises(SourceRejected, match=told) as refused:
        build_entities(path, output, kind="wikidata")

    assert name in str(refused.value)
    assert output.read_text(encoding="utf-8") == "the file of last time"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_missing_source_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SourceRejected, match="correct its path"):
        build_entities(tmp_path / "absent", tmp_path / "entities.jsonl", kind="mesh")


def test_memory_does_not_grow_with_the_dump(tmp_path: Path) -> None:
    path = tmp_path / "dump.json.gz"
    described = {"en": {"value": "long " * 2_000}}
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(dump(*(item(number, "Q515", descriptions=described) for number in range(300))))

    tracemalloc.start()
    report = build_entities(path, tmp_path / "entities.jsonl", kind="wikidata")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert report.entities == 300
    assert peak < (tmp_path / "entities.jsonl").stat().st_size / 5


def test_an_item_has_the_type_of_its_classes_or_of_its_properties(tmp_path: Path) -> None:
    assert type_of(["Q5"], ["P625"]) == "PER"
    assert type_of(["Q1", "Q515"], []) == "LOC"
    assert type_of(["Q515", "Q4167836"], []) == SKIPPED
    assert type_of(["Q1"], ["P569"]) == "PER"
    assert type_of([], ["P159", "P625"]) == "ORG"
    assert type_of(["Q1"], []) == "MISC"
    assert type_of([], []) is None
    listed = [each for each in DEFAULT_TYPES if not each[1:].isdigit()]
    assert listed == []

    table = tmp_path / "types.csv"
    table.write_text("Q1,Planet\nQ515,\n", encoding="utf-8")
    types = read_types(table)
    assert type_of(["Q1"], [], types) == "Planet"
    assert type_of(["Q515"], [], types) == SKIPPED
    assert type_of(["Q5"], [], types) == "PER"


@pytest.mark.parametrize("line", ["Q1", "P1,LOC", "Q1,a town", "Q1,LOC,more"])
def test_a_wrong_table_of_types_is_refused_naming_the_line(tmp_path: Path, line: str) -> None:
    table = tmp_path / "types.csv"
    table.write_text(f"Q2,LOC\n{line}\n", encoding="utf-8")

    with pytest.raises(SourceRejected, match="line 2"):
        read_types(table)


def test_merged_ids_are_followed_over_others(tmp_path: Path) -> None:
    path, redirects = tmp_path / "dump.json", tmp_path / "redirects.csv"
    path.write_bytes(dump(item(1, "Q515"), item(9, "Q515")))
    redirects.write_text("Q2,Q1\nwikidata:Q3,Q2\nQ4,Q3\nQ4,Q4\nQ1,Q4\n", encoding="utf-8")

    entities, _ = built(path, "wikidata", redirects=redirects)

    assert [entity.former_ids for entity in entities] == [
        ("wikidata:Q2", "wikidata:Q3", "wikidata:Q4"),
        (),
    ]
    SqliteEntityIndex.build(tmp_path / "e.sqlite", tmp_path / "entities.jsonl")
    index = SqliteEntityIndex(tmp_path / "e.sqlite")
    assert index.get(["wikidata:Q4"])["wikidata:Q4"].id == "wikidata:Q1"
    index.close()

    redirects.write_text("Q2,Q1\nQ3\n", encoding="utf-8")
    with pytest.raises(SourceRejected, match="line 2 has not two ids"):
        built(path, "wikidata", redirects=redirects)
