"""The reader of Elasticsearch against a server in memory: which records come, and from where on."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.elasticsearch.source import ElasticsearchSource
from corpus.errors import AnswerTooLarge, NotAllowed, PointInTimeLost, SourceRejected
from corpus.source import Gone, Record, Skipped
from extractor.schema import Document
from tests.unit.corpus.memory_elastic import Index, MemoryElastic

OLD, NEW = "2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z"


@pytest.fixture
def server() -> MemoryElastic:
    return MemoryElastic()


@pytest.fixture
def press(server: MemoryElastic) -> Index:
    """An index of five records."""
    index = server.add_index("press", lang="keyword", removed="boolean", key="keyword")
    for number in range(5):
        index.put(str(number), {"text": f"Ada met {number}.", "lang": "en", "updated_at": OLD})
    return index


class Reading:
    """A source that is read again and again, each time from where it came."""

    def __init__(self, server: MemoryElastic, name: str = "press", **options: Any) -> None:
        settings = {"name": "wiki", "batch_size": 2, **options}
        self.source = ElasticsearchSource(server.door(), index=name, **settings)
        self.position = ""

    def read(self, pages: int = 1000) -> list[Record]:
        """Return the records of some pages."""
        found: list[Record] = []
        for page, _ in zip(self.source.pages(self.position), range(pages), strict=False):
            found += page.records
            self.position = page.position
        return found


def told(records: list[Record]) -> list[str]:
    """Return what records say: '3' for a document, '-3' for one that is gone."""
    ids = [
        ("", each.id) if isinstance(each, Document) else ("-", each.document) for each in records
    ]
    return [sign + identifier.removeprefix("wiki:") for sign, identifier in ids]


def test_by_numbers_a_pass_reads_what_was_written_since_the_last(
    server: MemoryElastic, press: Index
) -> None:
    reading = Reading(server)
    assert told(reading.read()) == ["0", "1", "2", "3", "4"]
    assert reading.read() == []

    press.put("1", {"text": "Ada left."})
    press.put("9", {"text": "Ada came."})
    assert told(reading.read()) == ["1", "9"]
    assert reading.read() == []


def test_a_pass_that_is_broken_off_goes_on_after_its_last_page(
    server: MemoryElastic, press: Index
) -> None:
    reading = Reading(server)
    first = reading.read(pages=1)
    assert told(first + reading.read()) == ["0", "1", "2", "3", "4"]


def test_a_position_counts_for_one_way_of_reading_alone(
    server: MemoryElastic, press: Index
) -> None:
    reading, other = Reading(server), Reading(server, fields={"text": "lang"})
    reading.read()
    other.position = reading.position
    assert len(other.read()) == 5


def test_what_no_longer_matches_the_query_is_gone(server: MemoryElastic, press: Index) -> None:
    press.put("5", {"text": "Ada est.", "lang": "fr"})
    reading = Reading(server, query={"term": {"lang": "en"}})
    assert told(reading.read()) == ["0", "1", "2", "3", "4"]

    press.put("2", {"text": "Ada est.", "lang": "fr"})
    (gone,) = reading.read()
    assert gone == Gone(document="wiki:2", why="no longer matching the query")


def test_an_alias_shows_what_its_filter_lets_through(server: MemoryElastic, press: Index) -> None:
    server.filters["press"] = {"ids": {"values": ["3"]}}
    assert told(Reading(server).read()) == ["3"]


def test_of_records_with_one_id_that_in_the_last_index_counts(
    server: MemoryElastic, press: Index
) -> None:
    later = server.add_index("press-2")
    later.put("3", {"text": "Ada met them all."})
    found = Reading(server, "press*").read()
    (duplicate,) = (each for each in found if isinstance(each, Skipped))
    assert (duplicate.document, duplicate.duplicate) == ("wiki:3", True)
    assert duplicate.reason == "duplicate id: the record in press-2 counts"
    texts = {each.id: each.text for each in found if isinstance(each, Document)}
    assert len(texts) == 5
    assert texts["wiki:3"] == "Ada met them all."


def test_an_index_that_hides_its_numbers_is_read_whole_each_time(
    server: MemoryElastic, press: Index, caplog: pytest.LogCaptureFixture
) -> None:
    server.withheld = {"stats"}
    reading = Reading(server)
    for _ in range(2):
        assert told(reading.read()) == ["0", "1", "2", "3", "4"]
        assert reading.position == ""
    assert "so all of it is read" in caplog.text
    with pytest.raises(NotAllowed, match="set FACTLOOM_ELASTICSEARCH__FOLLOW to time or full"):
        Reading(server, follow="numbers").read()


def test_by_time_a_pass_reads_what_is_younger_and_what_is_due_again(
    server: MemoryElastic, press: Index
) -> None:
    reading = Reading(server, follow="time", time_overlap_seconds=0)
    assert len(reading.read()) == 5

    press.put("7", {"text": "Ada came.", "updated_at": NEW})
    press.put("8", {"text": "Ada was never dated."})
    assert sorted(told(reading.read())) == ["0", "1", "2", "3", "4", "7"]
    assert told(reading.read()) == ["7"]
    elsewhere = Reading(server, "press,absent", follow="time")
    elsewhere.position = reading.position
    assert len(elsewhere.read()) == 7


def test_a_document_of_the_future_moves_no_position(
    server: MemoryElastic, press: Index, caplog: pytest.LogCaptureFixture
) -> None:
    press.put("9", {"text": "Ada will come.", "updated_at": "2999-01-01T00:00:00Z"})
    reading = Reading(server, follow="time", time_overlap_seconds=0)
    assert len(reading.read()) == 6
    assert "1 documents are dated in the future" in caplog.text
    assert len(reading.read()) == 6


@pytest.mark.parametrize("follow", ["numbers", "time", "full"])
def test_a_view_that_is_lost_loses_no_record(
    server: MemoryElastic, press: Index, follow: str
) -> None:
    server.lost_views = 2
    assert set(told(Reading(server, follow=follow).read())) == {"0", "1", "2", "3", "4"}


@pytest.mark.parametrize("follow", ["numbers", "time", "full"])
def test_a_server_that_loses_every_view_is_given_up(
    server: MemoryElastic, press: Index, follow: str
) -> None:
    server.lost_views = 1000
    with pytest.raises(PointInTimeLost):
        Reading(server, follow=follow).read()


def test_numbers_that_went_back_are_not_trusted(
    server: MemoryElastic, press: Index, caplog: pytest.LogCaptureFixture
) -> None:
    reading = Reading(server)
    reading.read()
    press.highest = 2  # as if the server's files had been put back
    press.put("9", {"text": "Ada came."})
    assert "9" in told(reading.read())
    assert "its numbers have gone back; reading it whole" in caplog.text


def test_another_copy_that_knows_the_last_operations_is_followed_on(
    server: MemoryElastic, press: Index, caplog: pytest.LogCaptureFixture
) -> None:
    reading = Reading(server)
    reading.read()
    server.node = "another"
    press.put("9", {"text": "Ada came."})
    assert told(reading.read()) == ["9"]

    server.node = "third"
    del press.records["9"]
    press.records["8"] = (press.highest, {"text": "Another operation of this number."})
    press.put("7", {"text": "Ada went."})
    assert len(reading.read()) == 7
    assert "it has not the operations that were read before" in caplog.text


def test_documents_are_fetched_by_id_and_those_that_are_nowhere_are_gone(
    server: MemoryElastic, press: Index
) -> None:
    source = Reading(server).source
    found = list(source.fetch(["wiki:4", "wiki:12"]))
    assert told(found) == ["4", "-12"]
    places = {"wiki:4": "press", "wiki:12": "press", "wiki:3": "press-1"}
    assert source.missing(places) == {"wiki:12": None, "wiki:3": "press"}
    assert source.missing({"wiki:4": "press"}) == {}
    source.close()


def test_what_is_marked_as_deleted_is_missing(server: MemoryElastic, press: Index) -> None:
    press.put("1", {"text": "Ada left.", "removed": True})
    source = Reading(server, fields={"deleted": "removed"}).source
    assert source.missing({"wiki:1": "press", "wiki:2": "press"}) == {"wiki:1": None}
    (gone,) = source.fetch(["wiki:1"])
    assert gone == Gone(document="wiki:1", why="marked as deleted")


def test_ids_may_stand_in_a_field(server: MemoryElastic, press: Index) -> None:
    press.put("0", {"text": "Ada came.", "key": "first"})
    source = Reading(server, fields={"id": "key"}).source
    assert told(list(source.fetch(["wiki:first", "wiki:0"]))) == ["first", "-0"]
    unfit = Reading(server, fields={"id": "text"})
    with pytest.raises(SourceRejected, match=r"cannot be looked up by field 'text' \(text\)"):
        unfit.read()


def test_as_many_records_are_expected_as_a_pass_may_read(
    server: MemoryElastic, press: Index
) -> None:
    reading = Reading(server)
    assert reading.source.expected("") == 5
    reading.read()
    press.put("9", {"text": "Ada came."})
    assert reading.source.expected(reading.position) == 1
    server.withheld = {"stats"}
    assert reading.source.expected(reading.position) == 6


def test_a_page_that_is_too_large_is_read_in_smaller_ones(
    server: MemoryElastic, press: Index
) -> None:
    server.most_hits = 1
    reading = Reading(server, batch_size=4)
    assert told(reading.read()) == ["0", "1", "2", "3", "4"]
    assert told(list(reading.source.fetch(["wiki:0", "wiki:1", "wiki:2"]))) == ["0", "1", "2"]


def test_a_record_that_is_too_large_by_itself_is_reported(
    server: MemoryElastic, press: Index
) -> None:
    server.most_hits = 0
    found = Reading(server).read()
    assert [type(each) for each in found] == [Skipped] * 5
    assert isinstance(found[0], Skipped)
    assert found[0].reason.startswith("too large to be read: ")
    with pytest.raises(AnswerTooLarge):
        server.door().call(lambda client: client.search(index="press"), attempts_if_too_large=1)


def test_a_field_that_no_record_can_have_is_refused_before_documents_look_emptied(
    server: MemoryElastic, press: Index
) -> None:
    press.mappings["dynamic"] = "strict"
    with pytest.raises(SourceRejected, match="no record has a field 'texts', but 'text'"):
        Reading(server, fields={"text": "texts"}).read()
    press.mappings["_source"] = {"excludes": ["te*"]}
    with pytest.raises(SourceRejected, match="leaves field 'text' out of _source"):
        Reading(server).read()


def test_an_index_that_is_not_there_is_named(server: MemoryElastic) -> None:
    with pytest.raises(SourceRejected, match="no index matches 'press': correct"):
        Reading(server).read()
