"""Any bytes in any format are a document or a refusal that says what to do."""

from __future__ import annotations

import io
from contextlib import suppress

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.fields.formats.formatted import SUFFIXES, FormatRejected
from corpus.fields.formats.reading import READERS, read_format
from tests.unit.corpus.fields.formats.pdf_files import paragraph, pdf_of
from tests.unit.corpus.fields.formats.shapes import assert_sound
from tests.unit.corpus.fields.formats.test_html import PAGE
from tests.unit.corpus.fields.formats.test_mail import mail
from tests.unit.corpus.fields.formats.test_markdown import TEXT


def _word() -> bytes:
    file, document = io.BytesIO(), docx.Document()
    document.add_heading("Ada", 1)
    document.add_table(2, 2).cell(0, 0).text = "Bob"
    document.save(file)
    return file.getvalue()


SAMPLES = {
    ".docx": _word(),
    ".eml": mail("Ada", "<p>Bob</p>").as_bytes(),
    ".html": PAGE.encode(),
    ".md": TEXT.encode(),
    ".pdf": pdf_of([paragraph(["Ada was born in Lon-", "don."], 700)] * 3),
}
HTML_PIECES = [
    *("<table>", "<tr>", "<td>", "</td>", "</table>", "<ul>", "<li>", "</ul>", "<dl>", "<dt>"),
    *("<dd>", "<p>", "</p>", "<h1>", "<pre>", "<br>", "<footer>", "<section>", "<caption>"),
    *("<blockquote>", "&#0;", "\x00", "\u2028", "\n\n", " ", "x"),
]


def assert_read_or_refused(data: bytes, suffix: str) -> None:
    with suppress(FormatRejected):
        assert_sound(read_format(data, suffix))


def test_every_suffix_has_its_reader() -> None:
    assert sorted(READERS) == sorted(SUFFIXES)


@given(st.binary(max_size=400), st.sampled_from(SUFFIXES))
def test_any_bytes_are_read_or_refused(data: bytes, suffix: str) -> None:
    assert_read_or_refused(data, suffix)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(SAMPLES)), st.data())
def test_damaged_files_are_read_or_refused(suffix: str, data: st.DataObject) -> None:
    damaged = bytearray(SAMPLES[suffix])
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=10))
    cut = data.draw(st.integers(0, len(damaged)))

    assert_read_or_refused(bytes(damaged), suffix)
    assert_read_or_refused(bytes(damaged[:cut]), suffix)


@given(st.lists(st.sampled_from(HTML_PIECES), max_size=40))
def test_any_markup_gives_sound_blocks(pieces: list[str]) -> None:
    found = read_format(b"\xef\xbb\xbf" + "".join(pieces).encode(), ".html")

    assert_sound(found)
    assert found.text.count("x") == pieces.count("x")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file_is_a_document_without_a_text(suffix: str) -> None:
    assert read_format(b"", suffix).text == ""


@pytest.mark.parametrize(
    ("data", "suffix", "reason"),
    [
        (SAMPLES[".pdf"], ".html", "begins as a .pdf file does: correct its suffix"),
        (SAMPLES[".docx"], ".pdf", "begins as a .docx file does: correct its suffix"),
        (b"\xd0\xcf\x11\xe0 an old one", ".docx", "is encrypted, or of an old Word: save it as"),
        (SAMPLES[".docx"][:200], ".docx", r"is no Word document that can be read \(BadZipFile\)"),
        (b"plain", ".docx", r"is no Word document that can be read \(BadZipFile\): save it anew"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_helps(data: bytes, suffix: str, reason: str) -> None:
    with pytest.raises(FormatRejected, match=reason):
        read_format(data, suffix)
