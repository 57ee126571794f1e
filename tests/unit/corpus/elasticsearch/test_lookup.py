"""Documents by their ids, and what a shard's pass waits for, against a server in memory."""

from __future__ import annotations

import pytest

from corpus.elasticsearch import changes, lookup
from corpus.elasticsearch.source import ElasticsearchSource
from corpus.errors import SourceRejected, SourceUnavailable
from corpus.source import Skipped
from extractor.schema import Document
from tests.unit.corpus.memory_elastic import Index, MemoryElastic


@pytest.fixture
def server() -> MemoryElastic:
    return MemoryElastic()


@pytest.fixture
def press(server: MemoryElastic) -> Index:
    index = server.add_index("press", key="keyword", removed="boolean", ended="date")
    for number in range(3):
        index.put(str(number), {"text": f"Ada met {number}.", "key": "same"})
    return index


def source(server: MemoryElastic, **fields: str) -> ElasticsearchSource:
    return ElasticsearchSource(server.door(), name="wiki", index="press", fields=fields)


def test_a_document_that_is_too_large_by_itself_is_named(
    server: MemoryElastic, press: Index
) -> None:
    server.most_hits = 0
    (found,) = source(server).fetch(["wiki:1"])
    assert isinstance(found, Skipped)
    assert found.document == "wiki:1"
    assert found.reason.startswith("too large to be read: ")


def test_an_id_that_too_many_records_have_is_refused(
    server: MemoryElastic, press: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "MOST_HITS", 2)
    with pytest.raises(SourceRejected, match="over 2 records have id 'same'"):
        list(source(server, id="key").fetch(["wiki:same", "wiki:other"]))


def test_a_mark_that_is_no_truth_value_deletes_whatever_it_says(
    server: MemoryElastic, press: Index
) -> None:
    press.put("1", {"text": "Ada left.", "ended": "2020-01-01T00:00:00Z"})
    places = {"wiki:1": "press", "wiki:2": "press"}
    assert source(server, deleted="ended").missing(places) == {"wiki:1": None}
    assert source(server, deleted="unmapped").missing(places) == {}


def test_many_documents_are_counted_where_they_should_be_before_any_is_read(
    server: MemoryElastic, press: Index
) -> None:
    places = {f"wiki:{number}": "press" for number in range(3)}
    assert source(server).missing(places) == {}
    assert [search["size"] for search in server.searches] == [0]
    assert source(server).missing({"wiki:1": ""}) == {"wiki:1": "press"}


def test_what_a_closed_index_hides_is_not_called_missing(
    server: MemoryElastic, press: Index
) -> None:
    server.closed = {"press-0"}
    with pytest.raises(SourceRejected, match="press-0 is closed, and nobody can tell"):
        source(server).missing({"wiki:7": "press-0"})


def test_a_server_that_refreshes_for_nobody_is_taken_at_its_word(
    server: MemoryElastic, press: Index
) -> None:
    server.withheld = {"refresh"}
    assert source(server).missing({"wiki:7": "press"}) == {"wiki:7": None}


def test_operations_that_do_not_settle_are_left_to_the_next_run(
    server: MemoryElastic,
    press: Index,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(changes, "CONFIRM_SECONDS", -1.0)
    press.unsettled = 1
    assert list(source(server).pages("")) == []
    assert "its operations were not final within" in caplog.text


def test_a_view_waits_until_what_it_may_hold_is_settled(
    server: MemoryElastic, press: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    press.unsettled = 2
    monkeypatch.setattr(server, "recovery", settling(server, press))
    pages = list(source(server).pages(""))
    assert sum(len(page.records) for page in pages) == 3
    again = list(source(server).pages(pages[-1].position))
    in_flight = [each.id for page in again for each in page.records if isinstance(each, Document)]
    assert in_flight == ["wiki:1", "wiki:2"]


def settling(server: MemoryElastic, index: Index) -> object:
    """Return a call that asks for the shards' copies, after which one operation more is settled."""
    ask = server.recovery

    def recovery(**given: str) -> object:
        answer = ask(**given)
        index.unsettled = max(0, index.unsettled - 1)
        return answer

    return recovery


def test_a_shard_whose_primary_changes_all_the_time_is_given_up(
    server: MemoryElastic, press: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = iter(range(1000))
    ask = server.stats

    def stats(*, index: str, **_: object) -> dict[str, object]:
        server.node = f"node {next(names)}"
        return ask(index=index)

    monkeypatch.setattr(server, "stats", stats)
    with pytest.raises(SourceUnavailable, match="another copy of the shard has become its primary"):
        list(source(server).pages(""))
