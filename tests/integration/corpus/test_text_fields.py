"""Texts as an index holds them: in several fields, in objects, nested, in HTML and Markdown."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.source import ElasticsearchSource
from corpus.errors import SourceRejected
from tests.integration.corpus.conftest import FillIndex
from tests.integration.corpus.reading import read

pytestmark = pytest.mark.integration

PROPERTIES: dict[str, Any] = {
    "summary": {"type": "text"},
    "pages": {"type": "nested", "properties": {"text": {"type": "text"}}},
    "notes": {"properties": {"text": {"type": "text"}}},
}
RECORD: dict[str, Any] = {
    "summary": ["<b>Ada</b> &amp; Bob", "They met."],
    "pages": [{"text": "<ul><li>one<li>two</ul>"}, {"text": ["three"]}, {}],
    "notes": [{"text": "four"}, {"other": 5}],
}


def test_a_text_is_joined_from_fields_objects_and_nested_ones(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    fill(name, {"1": RECORD, "2": {"summary": "Ada."}}, mappings={"properties": PROPERTIES})
    fields = {"text": "summary, pages.text,notes.text"}

    plain = ElasticsearchSource(server, name="wiki", index=name, fields=fields)
    html = ElasticsearchSource(server, name="wiki", index=name, fields=fields, text_format="html")
    documents, _ = read(plain)
    seen, _ = read(html)
    position = list(plain.pages(""))[-1].position

    assert documents["wiki:1"].text == (
        "<b>Ada</b> & Bob\n\nThey met.\n\n<ul><li>one<li>two</ul>\n\nthree\n\nfour"
    )
    assert documents["wiki:2"].text == "Ada."
    assert documents["wiki:1"].blocks == ()
    assert seen["wiki:1"].text == "Ada & Bob\n\nThey met.\n\none\ntwo\n\nthree\n\nfour"
    assert [block.kind for block in seen["wiki:1"].blocks] == [
        *("paragraph", "paragraph", "item", "item", "paragraph", "paragraph"),
    ]
    assert list(html.fetch(["wiki:1"])) == [seen["wiki:1"]]
    assert not list(plain.pages(position))
    assert list(html.pages(position)), "a position of another format tells nothing"


def test_markdown_is_read_as_its_files_are(server: Elastic, name: str, fill: FillIndex) -> None:
    fill(name, {"1": {"text": "# Ada\n\n* one\n* two", "updated_at": "2024-01-02"}})

    source = ElasticsearchSource(server, name="wiki", index=name, text_format="markdown")
    documents, _ = read(source)

    assert (documents["wiki:1"].title, documents["wiki:1"].text) == ("Ada", "Ada\n\none\ntwo")
    assert documents["wiki:1"].updated_at == "2024-01-02T00:00:00Z"


def test_each_of_several_fields_must_be_one_that_records_can_have(
    server: Elastic, name: str, fill: FillIndex
) -> None:
    fill(name, {"1": RECORD}, mappings={"properties": PROPERTIES})

    source = ElasticsearchSource(server, name="wiki", index=name, fields={"text": "summary,pags"})
    with pytest.raises(SourceRejected, match="no record has a field 'pags'"):
        read(source)
