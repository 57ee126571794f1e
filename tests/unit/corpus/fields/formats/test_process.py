"""A hostile file takes down the process that reads it, and nothing else."""

from __future__ import annotations

import io
import sys
import time

import pytest

from corpus.fields.formats import process
from corpus.fields.formats.formatted import FormatRejected
from corpus.fields.formats.process import answer, asked, read_apart
from corpus.fields.formats.reading import read_format
from tests.unit.corpus.fields.formats.test_html import PAGE

pytestmark = pytest.mark.slow


def test_it_gives_what_reading_here_gives() -> None:
    assert read_apart(PAGE.encode(), ".html") == read_format(PAGE.encode(), ".html")


def test_refusals_come_back_by_name_and_the_next_file_is_read() -> None:
    with pytest.raises(FormatRejected, match="is no PDF that can be read"):
        read_apart(b"x", ".pdf")

    assert read_apart(b"Ada\n", ".md").text == "Ada"


def test_a_file_that_takes_too_long_is_refused_and_the_next_one_is_read() -> None:
    began = time.monotonic()

    with pytest.raises(FormatRejected, match="takes over 3 seconds to read: save it anew, or"):
        read_apart(b"<div>" * 300_000, ".html", seconds=3)

    assert time.monotonic() - began < 30
    assert read_apart(b"Ada\n", ".md").text == "Ada"


def test_a_file_that_ends_the_process_is_refused_and_the_next_one_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    process._PROCESS.close()
    with monkeypatch.context() as changed:
        changed.setattr(process, "_COMMAND", (sys.executable, "-c", "input()"))
        with pytest.raises(FormatRejected, match="takes the program that reads it down"):
            read_apart(b"Ada\n", ".md")

    assert read_apart(b"Ada\n", ".md").text == "Ada"


def test_requests_are_read_until_the_other_side_is_gone() -> None:
    source = io.BytesIO(b'[".md", 3]\nAda[".pdf", 0]\n')

    assert [asked(source), asked(source), asked(source)] == [(".md", b"Ada"), (".pdf", b""), None]
    assert answer(FormatRejected("is empty")) == b'{"refused": "is empty"}\n'
