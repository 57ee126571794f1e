"""The entity index in Elasticsearch.

It counts the keys that a form shares with a name, and sorts by numbers and ids that we have stored:
no analyzer and no measure of its own has a say, so that the answers are those of the SQLite index.

A version is built as an index of its own, '<alias>-<version>', and the alias moves to it in one
step. The version before stays until the next build, for those who still read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.errors import BUSY, breaks, cause_reason
from corpus.elasticsearch.halving import in_halves
from corpus.elasticsearch.point_in_time import Hit
from corpus.elasticsearch.query import Query
from corpus.entities.elastic_records import build_version, candidate_of, current_version, record_id
from corpus.entities.file import entities_in, entities_version, read_entities
from corpus.entities.index import INDEX_FORMAT, IndexReport, Progress, unseen
from corpus.entities.keys import LEAST_SIMILARITY, Form
from corpus.entities.lookup import look_up, possible_ids
from corpus.errors import AnswerTooLarge, SourceRejected, SourceUnavailable
from extractor.batches import batched
from extractor.schema import Candidate

QUERIES_PER_REQUEST = 100
IDS_PER_REQUEST = 1000

_Answer = TypeVar("_Answer")


class ElasticsearchEntityIndex:
    """An entity index that `build` has written, at the version that it has now.

    Its methods too raise these, when the index is gone or does not answer in full.

    Raises:
        SourceUnavailable: The server does not answer, also after waiting.
        SourceRejected: There is no entity index of this format under this alias, or the credentials
            will not do.
    """

    version: str
    entities: int
    """How many it holds."""

    def __init__(self, server: Elastic, alias: str) -> None:
        current = current_version(server, alias)
        if current is None:
            raise SourceRejected(
                f"no entity index {alias!r}: make it with factloom load FILE --entities"
            )
        if current.format != INDEX_FORMAT:
            raise SourceRejected(
                f"entity index {alias!r} was built by another version of Factloom: build it again "
                "(the flow index_entities, or factloom load FILE --entities)"
            )
        self._forms = _Forms(server, current.index)
        self.version, self.entities = current.version, current.entities

    @classmethod
    def build(
        cls,
        server: Elastic,
        alias: str,
        entities_file: Path,
        *,
        starter: Path | None = None,
        progress: Progress = unseen,
    ) -> IndexReport:
        """Build the index from an entity file and move the alias to it; nothing if it is current.

        Args:
            server: that holds it.
            alias: its name.
            entities_file: what it is built from.
            starter: a file whose entries stand below those.
            progress: told now and then how many entities of about how many are sent.

        Raises:
            SourceUnavailable: The server does not answer, also after waiting.
            SourceRejected: The file cannot be read, or the alias is the name of something else.
        """
        version = entities_version(entities_file, starter)
        current = current_version(server, alias)
        if current is not None and current.version == version:
            return IndexReport(version=version, entities=current.entities, rebuilt=False)
        entries = read_entities(entities_file, starter)
        expected = entities_in(entities_file, starter)
        return build_version(
            server, alias, version, entries, expected, keep=current, progress=progress
        )

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return for each name, as given, the entities it may stand for, best first."""
        return look_up(self._forms, names, limit)

    def get(self, ids: Sequence[str]) -> dict[str, Candidate]:
        """Return the entities with these ids, also with previous ids, each under the id given."""
        asked = possible_ids(ids)
        found = self._forms.entities(asked)
        now = self._forms.now([id_ for id_ in asked if id_ not in found])
        merged = self._forms.entities(list(now.values()))
        return found | {id_: merged[entity] for id_, entity in now.items()}

    def close(self) -> None:
        """Do nothing: the server is closed by whoever connected to it."""


class _Forms:
    """What the index tells of a form; entities are known by id."""

    def __init__(self, server: Elastic, index: str) -> None:
        self._server = server
        self._index = index

    def equal(self, forms: Sequence[Form], limit: int) -> dict[str, list[str]]:
        return self._first({form.folded: _all({"folded": form.folded}) for form in forms}, limit)

    def holding(self, forms: Sequence[Form], limit: int) -> dict[str, list[str]]:
        queries = {form.folded: _all(*({"words": word} for word in form.words)) for form in forms}
        return self._first(queries, limit)

    def similar(self, forms: Sequence[Form], limit: int) -> dict[str, list[str]]:
        queries = {form.folded: _sharing(form) for form in forms}
        least = {form.folded: form.least_score(LEAST_SIMILARITY) for form in forms}
        return self._first(queries, limit, least=least)

    def entities(self, keys: Sequence[str]) -> dict[str, Candidate]:
        found: dict[str, Candidate] = {}
        for batch in batched(keys, IDS_PER_REQUEST):
            for _, some in self._parts(batch, self._get):
                found |= some
        return found

    def now(self, former_ids: Sequence[str]) -> dict[str, str]:
        """Return the ids of the entities that had these before, the best known of several."""
        queries = {id_: _all({"former_ids": id_}) for id_ in former_ids}
        return {id_: ids[0] for id_, ids in self._first(queries, limit=1).items() if ids}

    def _first(
        self, queries: Mapping[str, Query], limit: int, *, least: Mapping[str, float] | None = None
    ) -> dict[str, list[str]]:
        """Return for each query the first entities, in the order of every answer."""
        found: dict[str, list[str]] = {}
        search = partial(self._search, queries=queries, limit=limit)
        for keys in batched(queries, QUERIES_PER_REQUEST):
            for part, answers in self._parts(keys, search):
                for key, hits in zip(part, answers, strict=True):
                    # As 32 bits, which a score is: the JSON has fewer digits than a Python float.
                    found[key] = [
                        hit["fields"]["entity"][0]
                        for hit in hits
                        if not least or np.float32(hit["_score"]) >= least[key]
                    ]
        return found

    def _parts(
        self, keys: Sequence[str], ask: Callable[[Elasticsearch, Sequence[str]], _Answer]
    ) -> Iterator[tuple[Sequence[str], _Answer]]:
        """Ask for all keys at once, or for fewer where that is too large; one is waited for."""

        def some(part: Sequence[str]) -> _Answer:
            attempts = 1 if len(part) > 1 else None
            return self._server.call(
                lambda client: ask(client, part), attempts_if_too_large=attempts
            )

        return in_halves(keys, some)

    def _search(
        self,
        client: Elasticsearch,
        keys: Sequence[str],
        *,
        queries: Mapping[str, Query],
        limit: int,
    ) -> list[list[Hit]]:
        header = {"index": self._index, "allow_partial_search_results": False}
        searches: list[dict[str, Any]] = []
        for key in keys:
            searches += [header, _ranked(queries[key], limit)]
        answers = client.msearch(searches=searches)["responses"]
        for answer in answers:
            self._check(answer)
        return [answer["hits"]["hits"] for answer in answers]

    def _get(self, client: Elasticsearch, ids: Sequence[str]) -> dict[str, Candidate]:
        answers = client.mget(index=self._index, ids=[record_id(id_) for id_ in ids])["docs"]
        for answer in answers:
            self._check(answer)
        found = (candidate_of(answer["_source"]) for answer in answers if answer["found"])
        return {entity.id: entity for entity in found}

    def _check(self, answer: dict[str, Any]) -> None:
        """Refuse one answer of many that is an error or not whole."""
        if "error" in answer:
            reason = f"{self._index}: {cause_reason(answer['error'])}"
            if breaks(answer["error"]):
                raise AnswerTooLarge(reason)
            if answer.get("status", 503) in BUSY or answer["status"] >= 500:
                raise SourceUnavailable(reason)
            raise SourceRejected(f"{reason}; build the entity index again")
        if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
            raise SourceUnavailable(f"{self._index}: not all shards answered in time")


def _all(*terms: dict[str, str]) -> Query:
    """Ask for all of these, without a score."""
    return {"bool": {"filter": [{"term": term} for term in terms]}}


def _sharing(form: Form) -> Query:
    """Score by shared trigrams times the form's weight: nothing that the server thinks of."""
    least = form.least_shared(LEAST_SIMILARITY)
    trigrams = [{"constant_score": {"filter": {"term": {"trigrams": t}}}} for t in form.trigrams]
    return {
        "function_score": {
            "query": {"bool": {"should": trigrams, "minimum_should_match": least}},
            "field_value_factor": {"field": "weight"},
            "boost_mode": "multiply",
        }
    }


def _ranked(query: Query, limit: int) -> dict[str, Any]:
    return {
        "query": query,
        "collapse": {"field": "entity"},
        "sort": [
            {"_score": "desc"},
            {"popularity": "desc"},
            {"length": "asc"},
            {"entity": "asc"},
        ],
        "size": limit,
        "_source": False,
        "track_total_hits": False,
    }
