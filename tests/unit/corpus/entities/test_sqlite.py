from __future__ import annotations

import json
import math
import sqlite3
import string
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.entities.file import read_entities
from corpus.entities.index import EntityIndex
from corpus.entities.keys import LEAST_SIMILARITY, Form, form_of, surface_forms
from corpus.entities.sqlite import SqliteEntityIndex
from corpus.errors import SourceRejected
from corpus.fields.texts import clean_line
from extractor.schema import Candidate

LONDONS: list[dict[str, Any]] = [
    {"id": "wikidata:Q92561", "name": "London", "type": "LOC", "popularity": 60},
    {
        "id": "wikidata:Q84",
        "name": "London",
        "type": "LOC",
        "aliases": ["Greater London", "London, England"],
        "description": "capital of the United Kingdom",
        "popularity": 320,
    },
    {"id": "wikidata:Q45132", "name": "Jack London", "type": "PER", "popularity": 400},
    {"id": "wikidata:Q1", "name": "London School", "type": "ORG", "popularity": 5},
    {"id": "wikidata:Q0", "name": "London Town", "type": "MISC", "popularity": 5},
    {"id": "wikidata:Q9", "name": "!!!", "type": "ORG"},
    {"id": "wikidata:Q8", "name": "東京 タワー", "type": "LOC"},
]


@pytest.fixture
def build(tmp_path: Path) -> Iterator[Callable[..., SqliteEntityIndex]]:
    opened: list[SqliteEntityIndex] = []

    def make(records: Sequence[object] = LONDONS) -> SqliteEntityIndex:
        file = tmp_path / "entities.jsonl"
        file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
        SqliteEntityIndex.build(tmp_path / "entities.sqlite", file)
        opened.append(SqliteEntityIndex(tmp_path / "entities.sqlite"))
        return opened[-1]

    yield make
    for index in opened:
        index.close()


def ids(found: tuple[Candidate, ...]) -> list[str]:
    return [candidate.id.removeprefix("wikidata:") for candidate in found]


def test_exact_names_come_first_then_names_that_hold_all_words_then_similar_ones(
    build: Callable[..., SqliteEntityIndex],
) -> None:
    index: EntityIndex = build()

    found = index.candidates(["London", "ENGLAND  london", "Jack", "Londn", "", "!!!", "東京"])

    assert {name: ids(candidates) for name, candidates in found.items()} == {
        "London": ["Q84", "Q92561", "Q45132", "Q0", "Q1"],
        "ENGLAND  london": ["Q84", "Q92561", "Q45132", "Q0", "Q1"],
        "Jack": ["Q45132"],
        "Londn": ["Q84", "Q92561", "Q45132", "Q0", "Q1"],
        "": [],
        "!!!": ["Q9"],
        "東京": ["Q8"],
    }


def test_a_candidate_comes_back_whole(build: Callable[..., SqliteEntityIndex]) -> None:
    expected = Candidate(
        id="wikidata:Q84",
        name="London",
        type="LOC",
        aliases=("Greater London", "London, England"),
        description="capital of the United Kingdom",
        popularity=320.0,
        facts=(("P131", "wikidata:Q21"), ("P17", "wikidata:Q145")),
    )
    facts = [["P17", "wikidata:Q145"], ["P131", "wikidata:Q21"], ["P17", "wikidata:Q145"]]

    index = build([LONDONS[0], LONDONS[1] | {"facts": facts}, *LONDONS[2:]])

    assert index.candidates(["greater london"])["greater london"] == (expected,)
    assert index.get(["wikidata:Q84", "wikidata:Q404"]) == {"wikidata:Q84": expected}


def test_an_id_that_was_merged_gives_the_entity_that_has_it_now(
    build: Callable[..., SqliteEntityIndex],
) -> None:
    records = [
        LONDONS[0] | {"former_ids": ["wikidata:Q5", "wikidata:Q6", "wikidata:Q84"]},
        LONDONS[1] | {"former_ids": ["wikidata:Q5"]},
    ]

    found = build(records).get(["wikidata:Q5", "wikidata:Q6", "wikidata:Q84", "wikidata:Q7"])

    assert {asked: entity.id for asked, entity in found.items()} == {
        "wikidata:Q5": "wikidata:Q84",  # the better known of two that claim it
        "wikidata:Q6": "wikidata:Q92561",
        "wikidata:Q84": "wikidata:Q84",  # there is an entity of this very id
    }


def test_the_limit_holds_over_both_parts(build: Callable[..., SqliteEntityIndex]) -> None:
    index = build()

    for limit in range(6):
        found = index.candidates(["London"], limit=limit)["London"]
        assert ids(found) == ["Q84", "Q92561", "Q45132", "Q0", "Q1"][:limit]


def test_an_index_is_rebuilt_only_for_other_contents(tmp_path: Path) -> None:
    file, path = tmp_path / "entities.jsonl", tmp_path / "home" / "entities.sqlite"
    file.write_text("\n".join(map(json.dumps, [*LONDONS, LONDONS[0]])), encoding="utf-8")

    first = SqliteEntityIndex.build(path, file)
    inode = path.stat().st_ino
    again = SqliteEntityIndex.build(path, file)

    assert (first.rebuilt, again.rebuilt) == (True, False)
    assert first.entities == again.entities == len(LONDONS)
    assert first.version == again.version
    assert [report.place for report in first.skipped] == [f"line {len(LONDONS) + 1}"]
    assert path.stat().st_ino == inode

    file.write_text(json.dumps(LONDONS[0]), encoding="utf-8")
    changed = SqliteEntityIndex.build(path, file)

    assert changed.rebuilt
    assert changed.version != first.version
    assert changed.entities == 1
    assert [entry.name for entry in path.parent.iterdir()] == ["entities.sqlite"]


def test_a_failed_build_leaves_the_old_index_as_it_was(
    tmp_path: Path, build: Callable[..., SqliteEntityIndex], monkeypatch: pytest.MonkeyPatch
) -> None:
    index = build()

    def fail(_: Candidate) -> tuple[str, ...]:
        raise KeyboardInterrupt

    monkeypatch.setattr("corpus.entities.sqlite_file.surface_forms", fail)
    with pytest.raises(KeyboardInterrupt):
        build([*LONDONS, LONDONS[0] | {"id": "wikidata:Q2"}])

    assert ids(index.candidates(["jack london"])["jack london"]) == ["Q45132"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "entities.jsonl",
        "entities.sqlite",
    ]


def test_a_missing_or_damaged_index_is_refused_and_built_again(tmp_path: Path) -> None:
    path, file = tmp_path / "entities.sqlite", tmp_path / "entities.jsonl"
    file.write_text(json.dumps(LONDONS[0]), encoding="utf-8")

    with pytest.raises(SourceRejected, match="build it again"):
        SqliteEntityIndex(path)
    path.write_bytes(b"no database at all, but long enough to look like one" * 100)
    with pytest.raises(SourceRejected, match="is damaged or of another format: build"):
        SqliteEntityIndex(path)

    assert SqliteEntityIndex.build(path, file).rebuilt
    index = SqliteEntityIndex(path)
    assert ids(index.candidates(["London"])["London"]) == ["Q92561"]
    index.close()


def test_a_database_without_the_tables_counts_as_damaged(tmp_path: Path) -> None:
    path = tmp_path / "entities.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE about (version TEXT, entities INTEGER)")
    connection.close()

    with pytest.raises(SourceRejected, match="is damaged"):
        SqliteEntityIndex(path)


def test_threads_share_an_index(build: Callable[..., SqliteEntityIndex]) -> None:
    index = build()

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: index.candidates(["London"])["London"], range(50)))

    assert len(set(found)) == 1


def answer(entities: Sequence[Candidate], name: str, limit: int) -> tuple[Candidate, ...]:
    """What every backend must answer, said as plainly as possible."""
    form = form_of(name)
    if form is None:
        return ()
    forms = {entity: [Form(each) for each in surface_forms(entity)] for entity in entities}
    known = any(form in each for each in forms.values())

    def places(entity: Candidate) -> Iterator[tuple[float, ...]]:
        """Where each of the entity's names would put it."""
        written = clean_line(name) in (entity.name, *entity.aliases)
        for each in forms[entity]:
            shared = len(set(form.trigrams) & set(each.trigrams))
            similarity = shared / math.sqrt(len(form.trigrams) * len(each.trigrams))
            if each == form:
                yield (0, not written, 0, -entity.popularity)
            elif set(form.words) <= set(each.words):
                yield (1, 0, 0, -entity.popularity, len(each.folded))
            elif not known and similarity > LEAST_SIMILARITY:
                yield (2, 0, -round(similarity, 5), -entity.popularity, len(each.folded))

    found = [
        (min(where), entity.id, entity) for entity in entities if (where := list(places(entity)))
    ]
    return tuple(entity for _, _, entity in sorted(found, key=lambda each: each[:2])[:limit])


TEXTS = st.text(max_size=40) | st.text(
    st.sampled_from("london '\"*%_\\\u200b\u202e\ud800"), max_size=9
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(st.lists(TEXTS, min_size=1, max_size=8), st.integers(1, 2_000))
def test_any_text_is_only_a_name(
    build: Callable[..., SqliteEntityIndex], texts: list[str], times: int
) -> None:
    usable = [text for text in texts if form_of(text)]
    index = build([{"id": f"w:{n}", "name": text, "type": "MISC"} for n, text in enumerate(usable)])

    found = index.candidates([*texts, *(text * times for text in texts)], limit=10)

    assert index.get(texts) == {}
    for text in usable:
        assert clean_line(text) in [candidate.name for candidate in found[text]]


IDS = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=6)
FACTS = st.lists(st.tuples(IDS, IDS.map("own:{}".format)), max_size=4)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
@given(st.lists(FACTS, min_size=1, max_size=4))
def test_facts_come_back_as_they_were_given(
    build: Callable[..., SqliteEntityIndex], facts: list[list[tuple[str, str]]]
) -> None:
    records = [
        {"id": f"w:{n}", "name": "A", "type": "MISC", "facts": each} for n, each in enumerate(facts)
    ]
    found = build(records).get([f"w:{n}" for n in range(len(facts))])
    assert [set(entity.facts) for entity in found.values()] == [set(each) for each in facts]


WORDS = st.sampled_from(["Ada", "ÁDA", "of", "Łódź", "東京", "x-y", "ß", "🙂", *string.punctuation])
NAMES = st.lists(WORDS, min_size=1, max_size=4).map(" ".join) | st.text(max_size=6)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None
)
@given(
    st.lists(st.tuples(st.lists(NAMES, min_size=1, max_size=3), st.integers(0, 2)), max_size=8),
    st.lists(NAMES, max_size=6),
    st.integers(0, 5),
)
def test_answers_are_those_of_the_plain_definition(
    tmp_path: Path,
    build: Callable[..., SqliteEntityIndex],
    named: list[tuple[list[str], int]],
    asked: list[str],
    limit: int,
) -> None:
    index = build(
        [
            {"id": f"w:{n}", "type": "MISC", "name": n1, "aliases": rest, "popularity": popularity}
            for n, ((n1, *rest), popularity) in enumerate(named)
        ]
    )
    found = read_entities(tmp_path / "entities.jsonl")
    entities = [item for item in found if isinstance(item, Candidate)]

    names = [*asked, *(name for names, _ in named for name in names)]

    assert index.candidates(names, limit=limit) == {
        name: answer(entities, name, limit) for name in names
    }
