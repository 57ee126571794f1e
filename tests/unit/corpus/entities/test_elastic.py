"""The entity index in Elasticsearch gives the SQLite index's answers; no server is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from elasticsearch import ApiError, Elasticsearch, NotFoundError

from corpus.elasticsearch.client import Elastic
from corpus.entities.elastic import ElasticsearchEntityIndex
from corpus.entities.sqlite import SqliteEntityIndex
from corpus.errors import SourceRejected, SourceUnavailable
from tests.unit.corpus.memory_elastic import error

NAMES = [
    "London",
    "Londón",
    "London, England",
    "New London",
    "Jack London",
    "Lonodn",
    "York",
    "!!!",
]
ASKED = [*NAMES, "ENGLAND  london", "Londn", "jack", "new york", "", " ", "x" * 600, "Absent"]


class Server:
    """Records of indices, their aliases, and the searches of the entity index."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, dict[str, Any]]] = {}
        self.mappings: dict[str, dict[str, Any]] = {}
        self.aliases: dict[str, str] = {}
        self.most_searches = 1_000_000
        self.failed_shards = 0

    def door(self) -> Elastic:
        """Return the connection that the index takes."""
        client = cast("Elasticsearch", self)
        return Elastic(client, address="memory", attempts=2, first_wait_seconds=0.0)

    @property
    def indices(self) -> Server:
        """The calls about indices."""
        return self

    def create(self, *, index: str, mappings: dict[str, Any], settings: object) -> None:
        """Make an index."""
        self.records[index], self.mappings[index] = {}, mappings

    def delete(self, *, index: str) -> None:
        """Remove an index."""
        del self.records[index], self.mappings[index]

    def get_mapping(self, *, index: str) -> dict[str, Any]:
        """Return the mappings behind a name or a pattern."""
        begun = index.removesuffix("*")
        named = self.aliases.get(index, index)
        found = [
            each for each in self.mappings if each == named or (begun != index and begun in each)
        ]
        if not found:
            absent = error(404, "index_not_found_exception")
            raise NotFoundError(absent.message, absent.meta, absent.body)
        return {each: {"mappings": self.mappings[each]} for each in found}

    def put_mapping(self, *, index: str, meta: dict[str, Any]) -> None:
        """Describe an index."""
        self.mappings[index] = {**self.mappings[index], "_meta": dict(meta)}

    def put_settings(self, **_: object) -> None:
        """Do nothing: all is searchable at once."""

    refresh = put_settings

    def update_aliases(self, *, actions: Sequence[Mapping[str, dict[str, str]]]) -> None:
        """Move an alias to the index that is added."""
        self.aliases |= {
            each["add"]["alias"]: each["add"]["index"] for each in actions if "add" in each
        }

    def bulk(self, *, index: str, operations: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Store records."""
        pairs = list(zip(operations[::2], operations[1::2], strict=True))
        self.records[index] |= {told["index"]["_id"]: record for told, record in pairs}
        return {"items": [{"index": {**told["index"], "status": 201}} for told, _ in pairs]}

    def mget(self, *, index: str, ids: Sequence[str]) -> dict[str, Any]:
        """Return records by their ids."""
        found = ((id_, self.records[index].get(id_)) for id_ in ids)
        return {"docs": [{"_id": i, "found": r is not None, "_source": r} for i, r in found]}

    def msearch(self, *, searches: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Answer several searches at once."""
        if len(searches) // 2 > self.most_searches:
            raise error(413, "too_large")
        headers, queries = searches[::2], searches[1::2]
        answers = map(self._answer, (each["index"] for each in headers), queries)
        return {"responses": list(answers)}

    def _answer(self, index: str, search: Mapping[str, Any]) -> dict[str, Any]:
        scored = [
            (_score(record, search["query"]), record) for record in self.records[index].values()
        ]
        found = sorted((each for each in scored if each[0] is not None), key=_order)
        first: dict[str, dict[str, Any]] = {}
        for score, record in found:
            hit = {"_score": float(score or 0), "fields": {"entity": [record["entity"]]}}
            first.setdefault(record["entity"], hit)
        shown = list(first.values())[: search["size"]]
        return {"hits": {"hits": shown}, "_shards": {"failed": self.failed_shards}}


def _order(scored: tuple[np.float32 | None, Mapping[str, Any]]) -> tuple[Any, ...]:
    score, record = scored
    return (-(score or 0), -record["popularity"], record.get("length", 0), record["entity"])


def _score(record: Mapping[str, Any], query: Mapping[str, Any]) -> np.float32 | None:
    if "function_score" not in query:
        return np.float32(0) if all(map(_holds(record), query["bool"]["filter"])) else None
    asked = query["function_score"]["query"]["bool"]
    shared = sum(
        map(_holds(record), (each["constant_score"]["filter"] for each in asked["should"]))
    )
    return (
        np.float32(shared * record["weight"]) if shared >= asked["minimum_should_match"] else None
    )


def _holds(record: Mapping[str, Any]) -> Any:
    def holds(query: Mapping[str, Mapping[str, str]]) -> bool:
        ((field, value),) = query["term"].items()
        values = record.get(field, [])
        return value in ([values] if isinstance(values, str) else values)

    return holds


@pytest.fixture
def file(tmp_path: Path) -> Path:
    records = [
        {
            "id": f"wikidata:Q{number}",
            "name": NAMES[number % len(NAMES)],
            "type": "LOC",
            "aliases": [NAMES[number * 5 % len(NAMES)]],
            "popularity": number % 7,
            "former_ids": [f"wikidata:Q{number % 4 + 100}"],
            "facts": [["P17", f"wikidata:Q{number}"]] * (number % 3),
        }
        for number in range(60)
    ]
    path = tmp_path / "entities.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return path


@pytest.fixture
def here(file: Path) -> Iterator[SqliteEntityIndex]:
    path = file.with_name("entities.sqlite")
    SqliteEntityIndex.build(path, file)
    with closing(SqliteEntityIndex(path)) as index:
        yield index


@pytest.mark.parametrize("most_searches", [1, 1_000_000])
def test_both_backends_give_the_same_candidates_in_the_same_order(
    file: Path, here: SqliteEntityIndex, most_searches: int
) -> None:
    server = Server()
    ElasticsearchEntityIndex.build(server.door(), "names", file)
    server.most_searches = most_searches
    there = ElasticsearchEntityIndex(server.door(), "names")
    assert there.version == here.version
    for limit in (0, 1, 3, 50):
        assert there.candidates(ASKED, limit=limit) == here.candidates(ASKED, limit=limit)
    asked = [f"wikidata:Q{number}" for number in range(105)] + ["\ud800"]
    assert there.get(asked) == here.get(asked)
    there.close()


def test_a_version_is_built_once_and_the_one_before_stays_until_the_next(file: Path) -> None:
    server = Server()
    progress: list[tuple[int, int]] = []
    first = ElasticsearchEntityIndex.build(
        server.door(), "names", file, progress=lambda done, total: progress.append((done, total))
    )
    assert (first.entities, first.rebuilt, progress[-1]) == (60, True, (60, 60))
    again = ElasticsearchEntityIndex.build(server.door(), "names", file)
    assert (again.entities, again.rebuilt) == (60, False)
    report = first
    for number in range(2):
        with file.open("a", encoding="utf-8") as lines:
            lines.write(f'\n{{"id": "own:{number}", "name": "Kent", "type": "LOC"}}\n{number}')
        report = ElasticsearchEntityIndex.build(server.door(), "names", file)
    assert (report.entities, len(report.skipped)) == (62, 2)
    assert len(server.records) == 2
    assert server.aliases == {"names": f"names-{report.version}"}


def test_what_is_no_entity_index_of_ours_is_left_alone(file: Path) -> None:
    server = Server()
    with pytest.raises(SourceRejected, match="no entity index 'names': make it"):
        ElasticsearchEntityIndex(server.door(), "names")
    server.create(index="theirs", mappings={"properties": {}}, settings={})
    with pytest.raises(SourceRejected, match="something that is no entity index of Factloom"):
        ElasticsearchEntityIndex.build(server.door(), "theirs", file)
    ElasticsearchEntityIndex.build(server.door(), "names", file)
    (index,) = server.aliases.values()
    server.mappings[index]["_meta"]["format"] = "0"
    with pytest.raises(SourceRejected, match="was built by another version of Factloom"):
        ElasticsearchEntityIndex(server.door(), "names")


def test_an_answer_that_is_not_whole_or_an_error_is_never_taken(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server()
    ElasticsearchEntityIndex.build(server.door(), "names", file)
    index = ElasticsearchEntityIndex(server.door(), "names")
    server.failed_shards = 1
    with pytest.raises(SourceUnavailable, match="not all shards answered in time"):
        index.candidates(["London"])
    answers: list[dict[str, Any] | ApiError] = [
        {"error": {"type": "index_closed_exception", "reason": "closed"}, "status": 400},
        {"error": {"type": "es_rejected_execution_exception", "reason": "full"}, "status": 429},
    ]
    for answer, expected in zip(answers, (SourceRejected, SourceUnavailable), strict=True):
        found = {"responses": [answer]}
        monkeypatch.setattr(server, "msearch", lambda *, searches, found=found: found)
        with pytest.raises(expected):
            index.candidates(["London"])
