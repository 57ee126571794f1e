"""Reading while nodes of a real cluster die."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import ApiError, Elasticsearch

from corpus.elasticsearch import changes
from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.shards import list_shards
from corpus.elasticsearch.source import ElasticsearchSource
from corpus.errors import SourceUnavailable
from tests.integration.corpus.stores import Store, texts_of
from tests.servers.elasticsearch import Node

pytestmark = pytest.mark.integration


@pytest.fixture
def client(elasticsearch_cluster: tuple[Node, Node]) -> Iterator[Elasticsearch]:
    master, _ = elasticsearch_cluster
    with Elasticsearch(master.address, max_retries=0, request_timeout=60) as connected:
        yield connected


@pytest.fixture
def second(elasticsearch_cluster: tuple[Node, Node]) -> Iterator[Node]:
    """The node that tests kill; it runs again when the next one begins."""
    _, node = elasticsearch_cluster
    yield node
    if not node.runs():
        node.start()


@pytest.fixture
def name(client: Elasticsearch) -> str:
    return f"factloom-test-{uuid4().hex[:12]}"


def patient(client: Elasticsearch, attempts: int = 12) -> Elastic:
    return Elastic(client, address="cluster", attempts=attempts, first_wait_seconds=0.2)


def fill(client: Elasticsearch, index: str, number: int, **settings: Any) -> None:
    client.indices.create(index=index, settings=settings)
    operations: list[dict[str, Any]] = []
    for n in range(number):
        operations += [{"index": {"_id": str(n)}}, {"text": f"Ada met {n}."}]
    assert not client.bulk(index=index, operations=operations, refresh=True)["errors"]


def wait_for(client: Elasticsearch, index: str, **state: Any) -> None:
    """Wait until an index is as it should be."""
    answer = client.options(request_timeout=130).cluster.health(
        index=index, timeout="120s", wait_for_no_initializing_shards=True, **state
    )
    assert not answer["timed_out"]


def nodes_of_primaries(client: Elasticsearch, index: str) -> set[str]:
    rows: Any = client.cat.shards(index=index, format="json", h="prirep,node")
    return {row["node"] for row in rows if row["prirep"] == "p"}


def test_a_node_dies_in_the_middle_and_comes_back(
    second: Node, client: Elasticsearch, name: str
) -> None:
    fill(client, name, 1200, number_of_shards=4, number_of_replicas=0)
    assert nodes_of_primaries(client, name) == {"master", "second"}
    store = Store(ElasticsearchSource(patient(client), name="wiki", index=name, batch_size=25))
    pages = store.pages()
    for _ in range(5):
        next(pages)

    second.kill()
    hasty = ElasticsearchSource(patient(client, attempts=1), name="wiki", index=name)
    with pytest.raises(SourceUnavailable):
        list(hasty.pages(""))
    with pytest.raises(SourceUnavailable):
        hasty.missing({f"wiki:{n}": name for n in range(1200)})
    with pytest.raises(SourceUnavailable):
        list(hasty.fetch([f"wiki:{n}" for n in range(1200)]))
    restarting = threading.Thread(target=second.start)
    restarting.start()
    for _ in pages:
        pass
    restarting.join()

    assert store.texts() == texts_of(client, name)
    assert len(store.documents) == store.read == 1200
    assert store.update() == 0


def write_until(stop: threading.Event, client: Elasticsearch, index: str) -> None:
    """Index, change and delete; what fails while a node dies may be there or not."""
    for number in count():
        if stop.is_set():
            return
        operations: list[dict[str, Any]] = [{"delete": {"_id": str(number % 700)}}]
        for n in range(number * 37, number * 37 + 20):
            operations += [{"index": {"_id": str(n % 900)}}, {"text": f"Ada met {number}, {n}."}]
        try:
            client.bulk(index=index, operations=operations)
        except ApiError:
            continue


def test_a_replica_takes_over_while_others_write(
    second: Node, client: Elasticsearch, name: str
) -> None:
    on_second = {"index.routing.allocation.require._name": "second"}
    fill(client, name, 600, number_of_shards=3, number_of_replicas=0, **on_second)
    assert nodes_of_primaries(client, name) == {"second"}
    anywhere = {"index.routing.allocation.require._name": None, "index.number_of_replicas": 1}
    client.indices.put_settings(index=name, settings=anywhere)
    wait_for(client, name, wait_for_status="green")
    store = Store(ElasticsearchSource(patient(client), name="wiki", index=name, batch_size=25))
    stop = threading.Event()
    writing = threading.Thread(target=write_until, args=(stop, client, name))
    writing.start()
    try:
        store.update()
        pages = store.pages()
        for _ in range(2):
            next(pages, None)
        second.kill()
        for _ in pages:
            pass
        wait_for(client, name, wait_for_status="yellow")
        for _ in range(3):
            store.update()
    finally:
        stop.set()
        writing.join()

    store.update()
    assert nodes_of_primaries(client, name) == {"master"}
    assert store.update() == 0
    store.reconcile()
    assert store.texts() == texts_of(client, name)


@pytest.fixture
def hasty_confirmation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Operations that are never settled here are waited for, but not for a minute."""
    monkeypatch.setattr(changes, "CONFIRM_SECONDS", 1.0)


def fill_second(client: Elasticsearch, index: str, number: int) -> None:
    """Fill an index on the second node; from then on, what is acknowledged is not yet on disk."""
    fill(
        client,
        index,
        number,
        number_of_shards=1,
        number_of_replicas=0,
        **{
            "index.routing.allocation.require._name": "second",
            "index.translog.durability": "async",
            "index.translog.sync_interval": "1h",
        },
    )
    client.indices.flush(index=index, force=True)


def restart(node: Node, client: Elasticsearch, index: str) -> None:
    node.kill()
    node.start()
    wait_for(client, index, wait_for_status="green")


@pytest.mark.long
@pytest.mark.usefixtures("hasty_confirmation")
def test_numbers_that_a_crash_took_back_are_read_when_others_get_them(
    second: Node, client: Elasticsearch, name: str
) -> None:
    fill_second(client, name, 10)
    server = patient(client)
    store = Store(ElasticsearchSource(server, name="wiki", index=name, follow="numbers"))
    assert store.update() == 10
    lost = {
        str(n): client.index(index=name, id=str(n), document={"text": "Lost."}) for n in (3, 20)
    }
    assert [told["_seq_no"] for told in lost.values()] == [10, 11]
    store.update()

    restart(second, client, name)
    [shard] = list_shards(server, name)
    assert shard.highest == 9
    new = [client.index(index=name, id=f"{n}", document={"text": "New."}) for n in (4, 30)]
    assert [told["_seq_no"] for told in new] == [10, 11]
    assert new[0]["_primary_term"] > lost["3"]["_primary_term"]
    client.indices.flush(index=name, force=True)
    store.update()

    assert store.texts() == texts_of(client, name)
    assert "Lost." not in store.texts().values()


@pytest.mark.usefixtures("hasty_confirmation")
def test_what_a_lost_operation_hid_is_read_once_it_is_back(
    second: Node, client: Elasticsearch, name: str
) -> None:
    fill_second(client, name, 10)
    client.index(index=name, id="3", document={"text": "Lost."})
    client.delete(index=name, id="4")
    store = Store(ElasticsearchSource(patient(client), name="wiki", index=name, follow="numbers"))
    store.update()
    assert client.count(index=name)["count"] == 9, "the pass has refreshed the index"

    restart(second, client, name)
    store.update()

    assert store.texts() == texts_of(client, name)
    assert (store.texts()["wiki:3"], store.texts()["wiki:4"]) == ("Ada met 3.", "Ada met 4.")
