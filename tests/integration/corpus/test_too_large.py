"""Documents that together, or alone, are too large for one answer of the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.source import ElasticsearchSource, Follow
from corpus.entities.elastic import ElasticsearchEntityIndex
from corpus.source import Gone, Record, Skipped
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import FOLLOW, Reader, documents, gone, ids

pytestmark = pytest.mark.integration

LARGE, TOO_LARGE = "Ada met Bob. " * 25_000, "Ada met Bob. " * 125_000
GIANT = 7
MAPPINGS = {
    "properties": {
        "text": {"type": "text", "index": False},
        "updated_at": {"type": "date"},
        "key": {"type": "keyword"},
        "removed": {"type": "boolean"},
    }
}


@contextmanager
def limited(client: Elasticsearch, **limits: str) -> Iterator[None]:
    settings = {name.replace("__", "."): limit for name, limit in limits.items()}
    client.cluster.put_settings(transient=settings)
    try:
        yield
    finally:
        client.cluster.put_settings(transient=dict.fromkeys(settings))


@pytest.fixture
def small_memory(client: Elasticsearch) -> Iterator[None]:
    """A server that cannot load more than three large documents at once."""
    with limited(client, indices__breaker__request__limit="2mb"):
        yield


@pytest.fixture
def hasty(client: Elasticsearch) -> Elastic:
    """A connection that does not wait between attempts."""
    return Elastic(client, address="server", first_wait_seconds=0.01)


@pytest.fixture
def large(name: str, fill: FillIndex) -> str:
    """An index of large documents, one that is too large, and small ones."""
    texts = dict.fromkeys(range(10), LARGE) | dict.fromkeys(range(10, 14), "Small.")
    texts[GIANT] = TOO_LARGE
    time = "2026-01-01T12:00:00Z"
    found = {
        str(n): {"text": text, "updated_at": time, "key": f"k{n}"} for n, text in texts.items()
    }
    fill(name, found, mappings=MAPPINGS)
    return name


def skipped(found: list[Record]) -> list[Skipped]:
    return [each for each in found if isinstance(each, Skipped)]


@pytest.mark.usefixtures("small_memory")
@pytest.mark.parametrize("follow", FOLLOW)
def test_large_documents_are_read_in_smaller_pages_and_one_too_large_is_named(
    hasty: Elastic, large: str, follow: Follow
) -> None:
    reader = Reader(hasty, large, follow=follow, batch_size=14)

    found = reader.read()

    assert documents(found) == ids(*range(14)) - ids(GIANT)
    [giant] = skipped(found)
    assert (giant.document, giant.index, giant.place) == (f"wiki:{GIANT}", large, str(GIANT))
    assert "too large to be read" in giant.reason
    assert "circuit_breaking_exception" in giant.reason
    if follow == "numbers":
        assert reader.read() == [], "the position is past it"


@pytest.mark.usefixtures("small_memory")
def test_large_documents_are_looked_up_in_smaller_parts(
    hasty: Elastic, client: Elasticsearch, large: str
) -> None:
    fields = {"deleted": "removed"}
    source = ElasticsearchSource(hasty, name="wiki", index=large, fields=fields)

    found = list(source.fetch(sorted(ids(*range(15)))))

    assert documents(found) == ids(*range(14)) - ids(GIANT)
    assert [each.document for each in skipped(found)] == [f"wiki:{GIANT}"]
    assert gone(found) == ids(14)
    assert source.missing(dict.fromkeys(ids(*range(15)), large)) == {"wiki:14": None}

    client.update(index=large, id=str(GIANT), doc={"removed": True}, refresh=True)
    assert list(source.fetch([f"wiki:{GIANT}"])) == [Gone(document=f"wiki:{GIANT}")]


@pytest.mark.usefixtures("small_memory")
def test_one_too_large_is_named_by_the_field_of_ids(hasty: Elastic, large: str) -> None:
    source = ElasticsearchSource(hasty, name="wiki", index=large, fields={"id": "key"})

    found = [record for page in source.pages("") for record in page.records]
    found += source.fetch([f"wiki:k{n}" for n in range(14)])

    assert len(documents(found)) == 13
    assert [each.document for each in skipped(found)] == [f"wiki:k{GIANT}"] * 2


def test_ids_that_are_too_many_for_one_request_are_looked_up_in_parts(
    hasty: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    known = [f"{n:0>200}" for n in range(60)]
    fill(name, {identifier: {"text": "Ada."} for identifier in known[:50]})
    source = ElasticsearchSource(hasty, name="wiki", index=name)
    asked = [f"wiki:{identifier}" for identifier in known]

    with limited(client, network__breaker__inflight_requests__limit="8kb"):
        found = list(source.fetch(asked))
        missing = source.missing(dict.fromkeys(asked, name))

    assert documents(found) == set(asked[:50])
    assert missing == dict.fromkeys(asked[50:])


def test_names_that_are_too_many_for_one_request_are_looked_up_in_parts(
    hasty: Elastic, client: Elasticsearch, name: str, tmp_path: Path
) -> None:
    records: list[dict[str, Any]] = [
        {"id": f"wikidata:Q{n}", "name": f"Place {n}", "type": "LOC"} for n in range(40)
    ]
    path = tmp_path / "entities.jsonl"
    path.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    alias = f"{name}-entities"
    ElasticsearchEntityIndex.build(hasty, alias, path)
    index = ElasticsearchEntityIndex(hasty, alias)
    unknown = [f"wikidata:Q{n}{'0' * 60}" for n in range(1, 200)]

    with limited(client, network__breaker__inflight_requests__limit="8kb"):
        found = index.candidates([record["name"] for record in records], limit=1)
        entities = index.get([record["id"] for record in records] + unknown)

    assert {key: each.id for key, (each,) in found.items()} == {
        record["name"]: record["id"] for record in records
    }
    assert len(entities) == 40
