"""Word: what a document looks like when it is printed."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from corpus.fields.formats import word
from corpus.fields.formats.formatted import FormatRejected, Formatted
from corpus.fields.formats.word import read_word
from tests.unit.corpus.fields.formats.shapes import lines, shown


def saved(document: Document) -> bytes:
    """Return a document as the bytes of a file."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def read(document: Document) -> Formatted:
    return read_word(saved(document))


def test_headings_lists_and_tables_come_in_their_order() -> None:
    document = docx.Document()
    document.core_properties.title = "Prizes"
    document.core_properties.modified = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
    document.add_heading("Prizes", 1)
    document.add_paragraph("Marie Curie was born\tin ").add_run("Warsaw").bold = True
    document.add_paragraph("one", style="List Bullet")
    document.add_paragraph("two", style="List Number")
    document.add_paragraph("Table 1", style="Caption")
    table = document.add_table(rows=2, cols=3)
    for row, texts in zip(
        table.rows, [("Name", "Born", ""), ("Niels Bohr", "in", "1885")], strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    document.add_paragraph("He was right.", style="Quote")
    document.sections[0].header.paragraphs[0].text = "Example Press"

    found = read(document)

    assert shown(found) == [
        ("heading", "Prizes"),
        ("paragraph", "Marie Curie was born in Warsaw"),
        ("item", "one"),
        ("item", "two"),
        ("caption", "Table 1"),
        ("row", "Name"),
        ("row", "Born"),
        ("row", "Niels Bohr"),
        ("row", "in"),
        ("row", "1885"),
        ("quote", "He was right."),
    ]
    assert lines(found, "row") == [(1, 1), (1, 1), (1, 2), (1, 2), (1, 2)]
    assert lines(found, "item") == [(1, 1), (1, 2)]
    assert found.title == "Prizes"
    assert found.updated_at.startswith("2024-05-06T07:08:09")


def test_tracked_changes_count_as_accepted_and_links_are_text() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("Ada was born in ")
    for inside in (
        '<w:del {ns} w:id="1"><w:r><w:delText>Paris</w:delText></w:r></w:del>',
        '<w:moveFrom {ns} w:id="2"><w:r><w:t>Rome</w:t></w:r></w:moveFrom>',
        '<w:ins {ns} w:id="3"><w:r><w:t>London</w:t></w:r></w:ins>',
        "<w:hyperlink {ns}><w:r><w:t>, England</w:t></w:r></w:hyperlink>",
        "<w:r {ns}><w:instrText>PAGE</w:instrText><w:noBreakHyphen/><w:br/></w:r>",
        "<w:r {ns}><w:t>in 1815</w:t></w:r>",
    ):
        paragraph._p.append(parse_xml(inside.replace("{ns}", nsdecls("w"))))

    assert read(document).text == "Ada was born in London, England-\nin 1815"


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word, "MAX_UNPACKED_BYTES", 1_000_000)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", bytes(1_000_001))

    with pytest.raises(FormatRejected, match="unpacks to over 1000000 bytes"):
        read_word(file.getvalue())
