from __future__ import annotations

from typing import Any

import pytest

from corpus.elasticsearch.hits import HitReader
from corpus.elasticsearch.point_in_time import unread
from corpus.errors import AnswerTooLarge, SourceRejected
from corpus.source import Skipped
from extractor.schema import Document

HIT: dict[str, Any] = {"_index": "press", "_id": "7"}


def test_a_hit_without_content_is_no_document_that_was_emptied() -> None:
    reader = HitReader("wiki", {})

    with pytest.raises(SourceRejected, match="press gives its records without _source"):
        reader.record(HIT)
    assert reader.record(unread(HIT, AnswerTooLarge("told"))) == Skipped(
        source="press",
        place="7",
        document="wiki:7",
        reason="too large to be read: told",
        index="press",
    )


def test_a_hit_of_which_only_the_deletion_is_read_is_live_unless_it_is_marked() -> None:
    reader = HitReader("wiki", {"deleted": "removed"})

    for source in ({}, {"removed": False}, {"removed": None}):
        assert reader.is_live({**HIT, "_source": source})
    assert reader.is_live(HIT)
    assert not reader.is_live({**HIT, "_source": {"removed": True}})


def test_a_field_of_objects_in_a_list_has_the_values_of_all_of_them() -> None:
    pages = [{"text": "Ada was born."}, {"text": ["She lived.", "She died."]}, {"number": 3}]
    hit = {**HIT, "_source": {"book": {"pages": pages}}}

    document = HitReader("wiki", {"text": "book.pages.text"}).record(hit)
    objects = HitReader("wiki", {"text": "book.pages"}).record(hit)

    assert isinstance(document, Document)
    assert document.text == "Ada was born.\n\nShe lived.\n\nShe died."
    assert isinstance(objects, Skipped)
    assert objects.reason == (
        "field 'text' must be a string or a list of paragraphs, found a list of objects; "
        "'text' is read from 'book.pages'"
    )


def test_a_text_of_several_fields_is_theirs_in_order() -> None:
    reader = HitReader("wiki", {"text": "summary, pages.text"})
    source = {"summary": "Ada.", "pages": [{"text": "She lived."}, {"text": ["She died."]}]}

    whole = reader.record({**HIT, "_source": source})
    part = reader.record({**HIT, "_source": {"summary": "Ada.", "pages": None}})
    emptied = reader.record({**HIT, "_source": {"summary": None, "pages": [{"text": ""}]}})
    absent = reader.record({**HIT, "_source": {"title": "Ada"}})
    wrong = reader.record({**HIT, "_source": {"summary": "Ada.", "pages": [{"text": 3}]}})

    assert list(reader.wanted.fields) == [
        *("title", "updated_at", "url", "summary", "pages.text"),
    ]
    assert isinstance(whole, Document)
    assert whole.text == "Ada.\n\nShe lived.\n\nShe died."
    assert isinstance(part, Document)
    assert part.text == "Ada."
    assert isinstance(emptied, Skipped)
    assert (emptied.reason, emptied.text) == (
        "field 'text' is empty; 'text' is read from 'summary, pages.text'",
        "empty",
    )
    assert isinstance(absent, Skipped)
    assert absent.text == "missing"
    assert isinstance(wrong, Skipped)
    assert wrong.text == "malformed"


@pytest.mark.slow
def test_a_text_in_html_or_markdown_is_what_is_seen_of_it() -> None:
    html = HitReader("wiki", {"text": "body,note"}, text_format="html")
    markdown = HitReader("wiki", {}, text_format="markdown")

    page = html.record({**HIT, "_source": {"body": "<h1>Ada</h1>A &amp; B", "note": "<i>C"}})
    note = markdown.record({**HIT, "_source": {"text": "* Ada\n* Bob", "title": "Own"}})

    assert isinstance(page, Document)
    assert (page.title, page.text) == ("Ada", "Ada\n\nA & B\n\nC")
    assert [block.kind for block in page.blocks] == ["heading", "paragraph", "paragraph"]
    assert isinstance(note, Document)
    assert (note.title, note.text) == ("Own", "Ada\nBob")


def test_the_time_as_the_server_writes_it_counts_before_that_of_the_record() -> None:
    source = {"text": "Ada was born.", "updated_at": "02/01/2026"}
    written = {"updated_at": ["2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"]}

    document = HitReader("wiki", {}).record({**HIT, "_source": source, "fields": written})

    assert isinstance(document, Document)
    assert document.updated_at == "2026-01-03T00:00:00Z"
