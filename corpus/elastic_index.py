"""The entity index in Elasticsearch: one record an entity and surface form.

Names are folded by us, before they are stored and before they are asked for, and words are
compared as wholes: no analyzer has a say, so that the answers are those of the SQLite index.

A version is built as an index of its own, '<alias>-<version>', and the alias moves to it in one
step. The version before stays until the next build, for those who still read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from corpus.elastic import Elastic
from corpus.elastic_errors import BUSY, reason_of
from corpus.entities import (
    INDEX_FORMAT,
    IndexReport,
    Progress,
    entities_version,
    folded,
    unseen,
    words_of,
)
from corpus.entity_records import build_version, candidate_of, current_version
from corpus.errors import SourceRejected, SourceUnavailable
from extractor.schema import Candidate

NAMES_PER_REQUEST = 50
IDS_PER_REQUEST = 1000


class ElasticsearchEntityIndex:
    """An entity index that `build` has written, at the version that it has now.

    Raises:
        SourceUnavailable: The server does not answer.
        SourceRejected: There is no entity index of this format under this alias.
    """

    version: str

    def __init__(self, server: Elastic, alias: str) -> None:
        current = current_version(server, alias)
        if current is None:
            raise SourceRejected(
                f"no entity index {alias!r}: build it with ElasticsearchEntityIndex.build"
            )
        if current.format != INDEX_FORMAT:
            raise SourceRejected(
                f"entity index {alias!r} was built by another version of Factloom: build it again "
                "(the flow index_entities, or factloom load FILE --entities)"
            )
        self._server = server
        self._index = current.index
        self.version = current.version

    @classmethod
    def build(
        cls, server: Elastic, alias: str, entities_file: Path, *, progress: Progress = unseen
    ) -> IndexReport:
        """Build the index from an entity file and move the alias to it; nothing if it is current.

        Args:
            server: that holds it.
            alias: its name.
            entities_file: what it is built from.
            progress: told now and then how many entities of about how many are sent.

        Raises:
            SourceUnavailable: The server does not answer, also after waiting.
            SourceRejected: The file cannot be read, or the alias is the name of something else.
        """
        version = entities_version(entities_file)
        current = current_version(server, alias)
        if current is not None and current.version == version:
            return IndexReport(version=version, entities=current.entities, rebuilt=False)
        return build_version(server, alias, version, entities_file, keep=current, progress=progress)

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return for each name, as given, the entities it may stand for, best first.

        Raises:
            SourceUnavailable: The server does not answer in full, also after waiting.
            SourceRejected: The index is gone, or the credentials will not do.
        """
        as_folded = {name: folded(name) for name in names}
        asked = [name for name in dict.fromkeys(as_folded.values()) if words_of(name)]
        found: dict[str, tuple[Candidate, ...]] = {}
        for start in range(0, len(asked) if limit > 0 else 0, NAMES_PER_REQUEST):
            some = asked[start : start + NAMES_PER_REQUEST]
            found |= self._server.call(partial(self._search, names=some, limit=limit))
        return {name: found.get(folded_name, ()) for name, folded_name in as_folded.items()}

    def get(self, ids: Sequence[str]) -> dict[str, Candidate]:
        """Return the entities with these ids, also with ids of before, each under the id given.

        Raises:
            SourceUnavailable: The server does not answer in full, also after waiting.
            SourceRejected: The index is gone, or the credentials will not do.
        """
        found: dict[str, Candidate] = {}
        for start in range(0, len(ids), IDS_PER_REQUEST):
            some = ids[start : start + IDS_PER_REQUEST]
            found |= self._server.call(partial(self._get, ids=some))
            unknown = [id_ for id_ in some if id_ not in found]
            if unknown:
                found |= self._server.call(partial(self._by_former_id, ids=unknown))
        return found

    def _search(
        self, client: Elasticsearch, *, names: Sequence[str], limit: int
    ) -> dict[str, tuple[Candidate, ...]]:
        header = {"index": self._index, "allow_partial_search_results": False}
        searches: list[dict[str, Any]] = []
        for name in names:
            words = [{"term": {"words": word}} for word in words_of(name)]
            for filters in ([{"term": {"folded": name}}], words):
                searches += [header, _ranked(filters, limit)]
        answers = client.msearch(searches=searches)["responses"]
        for answer in answers:
            self._check(answer)
        found = {}
        for name, exact, contains in zip(names, answers[::2], answers[1::2], strict=True):
            hits = [*exact["hits"]["hits"], *contains["hits"]["hits"]]
            entities = {hit["_source"]["entity"]: hit["_source"] for hit in hits}
            found[name] = tuple(map(candidate_of, list(entities.values())[:limit]))
        return found

    def _get(self, client: Elasticsearch, *, ids: Sequence[str]) -> dict[str, Candidate]:
        answers = client.mget(index=self._index, ids=[f"{id_}|0" for id_ in ids])["docs"]
        for answer in answers:
            self._check(answer)
        found = (candidate_of(answer["_source"]) for answer in answers if answer["found"])
        return {entity.id: entity for entity in found}

    def _by_former_id(self, client: Elasticsearch, *, ids: Sequence[str]) -> dict[str, Candidate]:
        header = {"index": self._index, "allow_partial_search_results": False}
        searches: list[dict[str, Any]] = []
        for identifier in ids:
            searches += [header, _ranked([{"term": {"former_ids": identifier}}], 1)]
        answers = client.msearch(searches=searches)["responses"]
        for answer in answers:
            self._check(answer)
        found = zip(ids, (answer["hits"]["hits"] for answer in answers), strict=True)
        return {id_: candidate_of(hits[0]["_source"]) for id_, hits in found if hits}

    def _check(self, answer: dict[str, Any]) -> None:
        """Refuse one answer of many that is an error or not whole."""
        if "error" in answer:
            told = f"{self._index}: {reason_of(answer['error'])}"
            if answer.get("status", 503) in BUSY or answer["status"] >= 500:
                raise SourceUnavailable(told)
            raise SourceRejected(f"{told}; build the entity index again")
        if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
            raise SourceUnavailable(f"{self._index}: not all shards answered in time")


def _ranked(filters: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    return {
        "query": {"bool": {"filter": filters}},
        "collapse": {"field": "entity"},
        "sort": [{"popularity": "desc"}, {"entity": "asc"}],
        "size": limit,
        "track_total_hits": False,
    }
