"""Reading by time, or whole, where operation numbers cannot be had."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.errors import NotAllowed, SourceRejected
from extractor.schema import Document
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import Reader, documents, ids, put, records

pytestmark = pytest.mark.integration


def test_by_time_another_index_is_read_whole(server: Elastic, name: str, fill: FillIndex) -> None:
    for number in (1, 2):
        fill(
            f"{name}-{number}", records(range(number, number + 1), updated_at=f"202{number}-01-01")
        )
    one = Reader(server, f"{name}-2", follow="time")
    assert documents(one.read()) == ids(2)
    assert documents(one.read()) == ids(2)

    both = Reader(server, f"{name}-*", follow="time")
    both.position = one.position
    assert documents(both.read()) == ids(1, 2)


@pytest.fixture
def withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that does not allow a refresh."""

    def refuse(*_: Any) -> None:
        raise NotAllowed("the credentials lack the index privilege 'maintenance' on 'x'")

    monkeypatch.setattr("corpus.elasticsearch.source.refresh", refuse)


@pytest.mark.usefixtures("withheld")
def test_where_numbers_are_withheld_everything_is_read_and_the_privilege_named(
    server: Elastic, name: str, fill: FillIndex, caplog: pytest.LogCaptureFixture
) -> None:
    fill(name, records(range(10)))
    reader = Reader(server, name, follow="auto")

    assert documents(reader.read()) == documents(reader.read()) == ids(*range(10))
    assert reader.position == ""
    assert "'maintenance'" in caplog.text
    with pytest.raises(NotAllowed, match=r"'maintenance'.*FACTLOOM_ELASTICSEARCH__FOLLOW"):
        Reader(server, name).read()


def test_an_index_without_numbers_is_read_whole(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    try:
        client.indices.create(index=name, settings={"index.disable_sequence_numbers": True})
    except BadRequestError:
        pytest.skip("this version of Elasticsearch always has sequence numbers")
    put(client, name, 1, "Ada.")
    client.indices.refresh(index=name)

    assert documents(Reader(server, name, follow="auto").read()) == ids(1)
    assert "no sequence numbers" in caplog.text


def test_by_time_what_is_late_within_the_overlap_is_found(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex
) -> None:
    mappings = {"properties": {"updated_at": {"type": "date"}}}
    fill(name, records(range(5), updated_at="2026-01-01T12:00:00Z"), mappings=mappings)
    put(client, name, 5, "Timeless.")
    client.indices.refresh(index=name)
    reader = Reader(server, name, follow="time", time_overlap_seconds=60)

    assert documents(reader.read()) == ids(*range(6))
    put(client, name, 6, "A little late.", updated_at="2026-01-01T11:59:30Z")
    put(client, name, 7, "Too late.", updated_at="2026-01-01T11:58:30Z")
    client.indices.refresh(index=name)

    assert documents(reader.read()) == ids(0, 1, 2, 3, 4, 6)


def test_by_time_what_is_dated_in_the_future_is_read_and_does_not_move_the_position(
    server: Elastic,
    client: Elasticsearch,
    name: str,
    fill: FillIndex,
    caplog: pytest.LogCaptureFixture,
) -> None:
    mappings = {"properties": {"updated_at": {"type": "date"}}}
    fill(name, records(range(5), updated_at="2026-01-01T12:00:00Z"), mappings=mappings)
    reader = Reader(server, name, follow="time", time_overlap_seconds=60)
    reader.read()
    settled, told = reader.position, "1 documents are dated in the future"
    assert told not in caplog.text
    put(client, name, 8, "Early.", updated_at="2999-01-01T00:00:00Z")
    client.indices.refresh(index=name)

    assert documents(reader.read()) == ids(0, 1, 2, 3, 4, 8)
    assert reader.position == settled
    assert told in caplog.text
    put(client, name, 8, "Changed.", updated_at="2999-01-01T00:00:00Z")
    put(client, name, 9, "In time.", updated_at="2026-01-01T12:00:01Z")
    client.indices.refresh(index=name)
    found = reader.read()
    assert documents(found) == ids(0, 1, 2, 3, 4, 8, 9)
    assert "Changed." in {each.text for each in found if isinstance(each, Document)}

    first = Reader(server, name, follow="time", time_overlap_seconds=60)
    assert documents(first.read()) == ids(0, 1, 2, 3, 4, 8, 9)
    assert first.position == reader.position != settled


@pytest.mark.parametrize("kind", ["date", "date_nanos"])
def test_by_time_what_becomes_old_while_a_view_is_read_does_not_move_the_position(
    server: Elastic, client: Elasticsearch, name: str, fill: FillIndex, kind: str
) -> None:
    mappings = {"properties": {"updated_at": {"type": kind}}}
    fill(name, records(range(4), updated_at="2026-01-01T12:00:00Z"), mappings=mappings)
    soon = datetime.now(UTC) + timedelta(seconds=1.5)
    put(client, name, 4, "Soon.", updated_at=soon.isoformat(timespec="milliseconds"))
    client.indices.refresh(index=name)
    reader = Reader(server, name, follow="time", time_delay_seconds=0)
    past = {"range": {"updated_at": {"lt": "now"}}}

    with closing(reader.source.pages("")) as pages:
        next(pages)
        opened = datetime.now(UTC)
        while client.count(index=name, query=past)["count"] < 5:
            sleep(0.1)
        positions = [page.position for page in pages]

    [position] = positions
    assert json.loads(position)["time"] <= opened.timestamp() * 1000


def test_by_time_a_field_that_is_no_time_is_refused(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    mappings = {"properties": {"updated_at": {"type": "keyword"}}}
    fill(name, records(range(5), updated_at="2026-01-01T12:00:00Z"), mappings=mappings)

    with pytest.raises(SourceRejected, match="'updated_at' mapped as date"):
        Reader(server, name, follow="time").read()
