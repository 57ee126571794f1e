"""Files of every format become documents with blocks, or are skipped by name."""

from __future__ import annotations

import logging
from email.message import EmailMessage
from pathlib import Path

import pytest

from corpus.files import reader
from corpus.files.source import FileSource
from tests.unit.corpus.fields.formats.pdf_files import paragraph, pdf_of
from tests.unit.corpus.reading import line, read, write

pytestmark = pytest.mark.slow


def test_a_folder_of_many_formats_is_read(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    message = EmailMessage()
    message["Subject"], message["Date"] = "Engines", "Mon, 06 May 2024 09:08:07 +0200"
    message.set_content("Ada was born in London.")
    message.add_attachment(b"x", maintype="image", subtype="png")
    (tmp_path / "a.EML").write_bytes(message.as_bytes())
    (tmp_path / "b.Htm").write_text("<title>Bohr</title><p>Niels Bohr</p><p>Harald Bohr</p>")
    (tmp_path / "c.md").write_text("---\ndate: 2024-05-06\n---\n* Marie Curie\n* Pierre Curie\n")
    (tmp_path / "d.pdf").write_bytes(pdf_of([paragraph(["Ada was born."], 700)] * 2))

    with caplog.at_level(logging.WARNING):
        documents, skipped = read(tmp_path)

    assert [each.id for each in documents] == [
        *("wiki:a.EML", "wiki:b.Htm", "wiki:c.md", "wiki:d.pdf"),
    ]
    assert not skipped
    assert [each.title for each in documents] == ["Engines", "Bohr", "c", "d"]
    assert [each.updated_at[:10] for each in documents] == [
        *("2024-05-06", "1970-01-01", "2024-05-06", "1970-01-01"),
    ]
    assert [[each.text[b.start : b.end] for b in each.blocks] for each in documents] == [
        [],
        ["Niels Bohr", "Harald Bohr"],
        ["Marie Curie", "Pierre Curie"],
        ["Ada was born.", "Ada was born."],
    ]
    assert [block.page for block in documents[3].blocks] == [1, 2]
    assert caplog.messages == [f"{tmp_path}: 1 attachment of mails not read"]


def test_what_a_reading_leaves_out_is_told_once_it_is_done(tmp_path: Path) -> None:
    source = FileSource("wiki", tmp_path)
    write(tmp_path / "a.txt", "Ada was born.")
    list(source.pages(""))
    nothing = source.unread()
    message = EmailMessage()
    message["Subject"] = "Engines"
    message.set_content("Ada was born in London.")
    message.add_attachment(b"x", maintype="image", subtype="png")
    message.add_attachment(b"y", maintype="image", subtype="png")
    (tmp_path / "b.eml").write_bytes(message.as_bytes())
    write(tmp_path / "c.odt", "no document")
    list(source.pages(""))
    list(source.fetch(["wiki:b.eml"]))

    assert nothing == ""
    assert source.unread().startswith("1 file of other kinds (1 .odt) not read, only .json, ")
    assert source.unread().endswith("; 2 attachments of mails not read")


def test_what_cannot_be_read_is_skipped_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "MAX_FILE_BYTES", 1000)
    (tmp_path / "a.pdf").write_bytes(b"no PDF")
    (tmp_path / "b.html").write_bytes(b"<p></p>")
    (tmp_path / "c.html").write_bytes(b"")
    (tmp_path / "d.html").write_bytes(b"x" * 1001)

    documents, skipped = read(tmp_path)

    assert not documents
    assert [each.document for each in skipped] == [
        *("wiki:a.pdf", "wiki:b.html", "wiki:c.html", "wiki:d.html"),
    ]
    assert skipped[0].reason.startswith("is no PDF that can be read")
    assert [each.text for each in skipped] == ["there", "empty", "empty", "there"]
    assert skipped[3].reason == "is longer than 1000 bytes"


def test_the_blocks_of_a_page_about_html_are_where_they_are_in_its_text(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<p>Write &amp;lt; for it.</p><p>Ada Lovelace</p>")
    [document], _ = read(tmp_path)
    found = [document.text[block.start : block.end] for block in document.blocks]
    assert found == ["Write &lt; for it.", "Ada Lovelace"]


def test_a_record_may_say_that_its_text_is_markup(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.jsonl",
        line("h", ["Ada &amp; Bob", "<b>Niels</b> Bohr"], format="html", title="Own"),
        line("m", "---\ntitle: Curie\ndate: 2024-05-06\n---\n* Marie\n* Pierre", format="markdown"),
        line("t", "1 < 2 &amp; *so*", format="text"),
        line("o", "1 < 2", format=["any"]),
        line("e", "<p></p>", format="html"),
    )

    documents, skipped = read(path)

    assert [each.text for each in documents] == [
        *("Ada & Bob\n\nNiels Bohr", "Marie\nPierre", "1 < 2 & *so*", "1 < 2"),
    ]
    assert [len(each.blocks) for each in documents] == [2, 2, 0, 0]
    assert [each.title for each in documents] == ["Own", "Curie", "", ""]
    assert documents[1].updated_at == "2024-05-06T00:00:00Z"
    assert [(each.document, each.reason, each.text) for each in skipped] == [
        ("wiki:e", "field 'text' is empty", "empty")
    ]
