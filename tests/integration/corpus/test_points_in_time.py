"""Points in time: closed when they are done with, replaced when they are lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from corpus.elasticsearch import point_in_time
from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.source import ElasticsearchSource, Follow
from corpus.errors import PointInTimeLost
from corpus.source import Skipped
from extractor.schema import Document
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import FOLLOW, all_records, open_contexts, records

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("follow", FOLLOW)
def test_an_unfinished_read_closes_its_views(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex, follow: Follow
) -> None:
    fill(name, records(range(60)), shards=3)
    source = ElasticsearchSource(server, name="wiki", index=name, batch_size=2, follow=follow)

    unfinished = source.pages("")
    next(unfinished)
    assert open_contexts(client, name) >= 1
    unfinished.close()

    assert open_contexts(client, name) == 0
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("shard-")]


def lose_points(monkeypatch: pytest.MonkeyPatch, client: Elasticsearch, *, after: set[int]) -> None:
    """Close the point in time behind the reader's back when these many pages were given out."""
    pages = point_in_time.PointInTime.pages
    given = 0

    def losing(self: point_in_time.PointInTime, *args: Any, **options: Any) -> Any:
        nonlocal given
        for hits in pages(self, *args, **options):
            if given in after:
                after.remove(given)
                client.close_point_in_time(id=self._id)
            given += 1
            yield hits

    monkeypatch.setattr(point_in_time.PointInTime, "pages", losing)


@pytest.mark.parametrize("follow", FOLLOW)
def test_a_lost_point_in_time_is_replaced_and_nothing_is_lost(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    fill: FillIndex,
    monkeypatch: pytest.MonkeyPatch,
    follow: Follow,
) -> None:
    alias: dict[str, Any] = {f"{name}-docs": {}}
    fill(f"{name}-1", records(range(30)), shards=3, aliases=alias)
    fill(f"{name}-2", records(range(25, 50)), shards=2, aliases=alias)
    lose_points(monkeypatch, client, after={0, 3, 7, 11})

    source = ElasticsearchSource(
        server, name="wiki", index=f"{name}-docs", batch_size=4, follow=follow
    )
    found = all_records(source)

    ids = [item.id for item in found if isinstance(item, Document)]
    assert set(ids) == {f"wiki:{n}" for n in range(50)}
    if follow == "numbers":
        assert len(ids) == 50
    skipped = {item.document for item in found if isinstance(item, Skipped)}
    assert skipped == {f"wiki:{n}" for n in range(25, 30)}
    assert open_contexts(client, name) == 0


@pytest.mark.parametrize("follow", FOLLOW)
def test_points_in_time_that_are_lost_at_once_end_the_read(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    fill: FillIndex,
    monkeypatch: pytest.MonkeyPatch,
    follow: Follow,
) -> None:
    fill(name, records(range(30)))
    pages = point_in_time.PointInTime.pages

    def lost(self: point_in_time.PointInTime, *args: Any, **options: Any) -> Any:
        client.close_point_in_time(id=self._id)
        return pages(self, *args, **options)

    monkeypatch.setattr(point_in_time.PointInTime, "pages", lost)
    source = ElasticsearchSource(server, name="wiki", index=name, batch_size=1, follow=follow)

    with pytest.raises(PointInTimeLost):
        all_records(source)
