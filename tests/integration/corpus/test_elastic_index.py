from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.entities.elastic import QUERIES_PER_REQUEST, ElasticsearchEntityIndex
from corpus.entities.index import EntityIndex
from corpus.entities.keys import folded, surface_forms
from corpus.entities.sqlite import SqliteEntityIndex
from corpus.errors import SourceRejected
from corpus.fields.texts import clean_line
from extractor.schema import Candidate

pytestmark = pytest.mark.integration

WORDS = [
    *("London", "Londón", "ada", "ADA", "of", "the", "New", "York", "Łódź", "東京", "Straße"),
    *("x-y", "O'Neill", "!!!", '"', "\\", "नमस्ते", "عدا", "🙂", "ﷺ", "42", "*", "AND"),
]


def write(path: Path, records: Sequence[dict[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


def entity(number: int, name: str = "London", **fields: Any) -> dict[str, Any]:
    return {"id": f"wikidata:Q{number}", "name": name, "type": "LOC", **fields}


def names(random: Random, count: int) -> list[str]:
    return [" ".join(random.choices(WORDS, k=random.randint(1, 4))) for _ in range(count)]


def has(entity: Candidate, name: str) -> bool:
    return folded(name) in surface_forms(entity)


def misspelt(random: Random, name: str) -> str:
    at = random.randrange(len(name))
    return name[:at] + random.choice(["", "q", "ü", " "]) + name[at + 1 :]


def test_both_backends_give_the_same_candidates_in_the_same_order(
    server: Elastic, name: str, tmp_path: Path
) -> None:
    random = Random(13)
    records = [
        entity(
            number,
            names(random, 1)[0],
            aliases=names(random, random.randint(0, 3)),
            popularity=random.choice([0, -0.0, 1, 2.5, 1e-300, 1e300, 7, 2**53 + 1]),
            description="d" * random.randint(0, 3),
            former_ids=[f"wikidata:Q{random.randint(1, 99)}" for _ in range(random.randint(0, 2))],
            facts=[(f"P{random.randint(1, 9)}", "own:ä/1") for _ in range(random.randint(0, 3))],
        )
        for number in random.sample(range(10**6), 300)
    ]
    file = write(tmp_path / "entities.jsonl", [*records, {"id": "broken"}, records[0]])
    wrong = [misspelt(random, record["name"]) for record in records[:100]]
    asked = [
        *names(random, 150),
        *wrong,
        "",
        " ",
        "\ud800",
        "x" * 40_000,
        "w " * 70,
        "Absent",
        "london",
    ]

    built = SqliteEntityIndex.build(tmp_path / "entities.sqlite", file)
    also_built = ElasticsearchEntityIndex.build(server, name, file)
    here: EntityIndex = SqliteEntityIndex(tmp_path / "entities.sqlite")
    there: EntityIndex = ElasticsearchEntityIndex(server, name)

    assert also_built == built
    assert built.entities == 300
    assert here.version == there.version == built.version
    answers = here.candidates(asked)
    assert there.candidates(asked) == answers
    assert set(answers) == set(asked)
    assert sum(map(bool, answers.values())) > 75
    similar = [name for name in wrong if not any(has(found, name) for found in answers[name])]
    assert sum(bool(answers[name]) for name in similar) > 50
    assert sum(len(found) == 10 for found in answers.values()) > 20
    for limit in (0, 1, 3, 50):
        assert there.candidates(asked[:50], limit=limit) == here.candidates(asked[:50], limit=limit)
    ids = [record["id"] for record in records] + ["wikidata:absent"]
    assert there.get(ids) == here.get(ids)
    assert len(there.get(ids)) == 300
    former = [f"wikidata:Q{number}" for number in range(100)]
    assert there.get(former) == here.get(former)
    assert len(there.get(former)) > 50
    assert there.get([]) == {}
    here.close()


def test_many_names_travel_in_few_requests(
    server: Elastic, client: Elasticsearch, name: str, tmp_path: Path
) -> None:
    many = [f"name {number}" for number in range(3 * QUERIES_PER_REQUEST)]
    file = write(tmp_path / "e.jsonl", [entity(n, name) for n, name in enumerate(many)])
    ElasticsearchEntityIndex.build(server, name, file)

    found = ElasticsearchEntityIndex(server, name).candidates(many)

    assert [found[name][0].id for name in many] == [f"wikidata:Q{n}" for n in range(len(many))]


def test_an_index_is_rebuilt_only_for_other_contents_and_the_alias_moves(
    server: Elastic, client: Elasticsearch, name: str, tmp_path: Path
) -> None:
    one = write(tmp_path / "1.jsonl", [entity(1)])
    two = write(tmp_path / "2.jsonl", [entity(2), entity(3, popularity=1)])
    three = write(tmp_path / "3.jsonl", [entity(4)])

    first = ElasticsearchEntityIndex.build(server, name, one)
    again = ElasticsearchEntityIndex.build(server, name, one)
    still_reading = ElasticsearchEntityIndex(server, name)
    second = ElasticsearchEntityIndex.build(server, name, two)

    assert (first.rebuilt, again.rebuilt, second.rebuilt) == (True, False, True)
    assert (first.entities, again.entities, second.entities) == (1, 1, 2)
    assert list(client.indices.get_alias(name=name)) == [f"{name}-{second.version}"]
    assert [c.id for c in still_reading.candidates(["London"])["London"]] == ["wikidata:Q1"]
    reading = ElasticsearchEntityIndex(server, name)
    assert [c.id for c in reading.candidates(["London"])["London"]] == [
        "wikidata:Q3",
        "wikidata:Q2",
    ]

    third = ElasticsearchEntityIndex.build(server, name, three)

    assert set(client.indices.get(index=f"{name}*")) == {
        f"{name}-{second.version}",
        f"{name}-{third.version}",
    }


def test_a_build_that_was_killed_is_done_again(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = write(tmp_path / "1.jsonl", [entity(1)])
    new = write(tmp_path / "2.jsonl", [entity(2)])
    ElasticsearchEntityIndex.build(server, name, old)

    def kill(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("corpus.entities.elastic_records._publish", kill)
        with pytest.raises(KeyboardInterrupt):
            ElasticsearchEntityIndex.build(server, name, new)

    served = ElasticsearchEntityIndex(server, name).candidates(["London"])["London"]
    assert [candidate.id for candidate in served] == ["wikidata:Q1"]
    assert ElasticsearchEntityIndex.build(server, name, new).rebuilt
    served = ElasticsearchEntityIndex(server, name).candidates(["London"])["London"]
    assert [candidate.id for candidate in served] == ["wikidata:Q2"]


def test_a_name_that_is_taken_by_something_else_is_refused_and_left_alone(
    server: Elastic, client: Elasticsearch, name: str, tmp_path: Path
) -> None:
    file = write(tmp_path / "e.jsonl", [entity(1)])
    client.indices.create(index=f"{name}-theirs", aliases={f"{name}-alias": {}})

    for taken in (f"{name}-theirs", f"{name}-alias"):
        with pytest.raises(SourceRejected, match="give the entity index another name"):
            ElasticsearchEntityIndex.build(server, taken, file)

    assert set(client.indices.get(index=f"{name}*")) == {f"{name}-theirs"}


def test_an_index_of_the_users_with_a_similar_name_survives_a_build(
    server: Elastic, client: Elasticsearch, name: str, tmp_path: Path
) -> None:
    client.indices.create(index=f"{name}-notes")

    ElasticsearchEntityIndex.build(server, name, write(tmp_path / "e.jsonl", [entity(1)]))

    assert client.indices.exists(index=f"{name}-notes")


def test_a_missing_index_is_refused_with_the_remedy(server: Elastic, name: str) -> None:
    with pytest.raises(SourceRejected, match="factloom load FILE --entities"):
        ElasticsearchEntityIndex(server, name)


def test_an_index_of_another_format_is_refused_until_it_is_built_again(
    server: Elastic, client: Elasticsearch, name: str, tmp_path: Path
) -> None:
    file = write(tmp_path / "e.jsonl", [entity(1)])
    built = ElasticsearchEntityIndex.build(server, name, file)
    old = {"factloom": "entities 1", "alias": name, "version": "before", "entities": 1}
    client.indices.put_mapping(index=f"{name}-{built.version}", meta=old)

    with pytest.raises(SourceRejected, match="another version of Factloom: build it again"):
        ElasticsearchEntityIndex(server, name)

    client.indices.delete(index=f"{name}-{built.version}")
    assert ElasticsearchEntityIndex.build(server, name, file).rebuilt


def test_an_index_that_is_gone_is_refused(
    server: Elastic, client: Elasticsearch, name: str, tmp_path: Path
) -> None:
    built = ElasticsearchEntityIndex.build(server, name, write(tmp_path / "e.jsonl", [entity(1)]))
    index = ElasticsearchEntityIndex(server, name)
    client.indices.delete(index=f"{name}-{built.version}")

    with pytest.raises(SourceRejected, match="build the entity index again"):
        index.candidates(["London"])


NASTY = [
    *('"', "'", "\\", "*", "?", "NEAR", "OR", "NOT london", "^lon", "lon*", "folded:london"),
    *("-london", "(London", "London)", "{!term}", "/lon.*/", "[a TO z]", "London~2", "London^9"),
    *("%", "_", ";--", "'; DROP TABLE entity; --", '{"match_all": {}}', "${jndi:x}", "{{london}}"),
    *("<b>London</b>", "\u202elondon", "lon\u200bdon", "\ufeffLondon", "\u2067London\u2069"),
    *("\u0000London", "\ud800", "لندن", "לונדון", "لن\u200cدن", "ロンドン", "L\u0301ondon", "🙂🙂"),
    *("\u200b", "London" * 1_700, "x" * 10_000, "l " * 5_000, "a" * 512, "a" * 513),
    *(" ".join(["ab"] * 64), "l" * 300 + " london"),
]


def test_a_hostile_name_is_only_a_name_on_both(server: Elastic, name: str, tmp_path: Path) -> None:
    random = Random(7)
    alphabet = [chr(code) for code in range(0x20, 0x3000) if chr(code).isprintable()]
    odd = ["".join(random.choices(alphabet, k=random.randint(1, 30))) for _ in range(40)]
    nasty = [*NASTY, *(name for name in odd if name.strip())]
    usable = [each for each in nasty if len(each) <= 512 and each.strip("\u200b\ud800")]
    records = [
        entity(number, each, aliases=random.sample(usable, 2)) for number, each in enumerate(usable)
    ]
    file = write(tmp_path / "entities.jsonl", [*records, entity(1000)])
    built = SqliteEntityIndex.build(tmp_path / "entities.sqlite", file)
    ElasticsearchEntityIndex.build(server, name, file)
    there = ElasticsearchEntityIndex(server, name)

    with closing(SqliteEntityIndex(tmp_path / "entities.sqlite")) as here:
        found = here.candidates([*nasty, "London"], limit=30)
        assert there.candidates([*nasty, "London"], limit=30) == found
        assert there.get(nasty) == here.get(nasty) == {}

    assert built.entities > 30
    for each in ("*", "?", "%", "_", '"', "\\"):
        assert {each in (one.name, *one.aliases) for one in found[each]} == {True}
    named = {each: [candidate.name for candidate in found[each]] for each in usable}
    assert [each for each in usable if clean_line(each) not in named[each]] == []
    assert "London" in [candidate.name for candidate in found["lon\u200bdon"]]
    assert not found["x" * 10_000]
    assert not found["\u200b"]
