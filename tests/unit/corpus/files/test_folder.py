"""What a folder of documents may reach: its own files, whatever links say."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from corpus.errors import SourceRejected
from corpus.files.source import FileSource
from tests.unit.corpus.reading import line, read, records, write

SECRET = "The secret is out."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one document, beside one with a secret."""
    (tmp_path / "outside" / "deep").mkdir(parents=True)
    write(tmp_path / "outside" / "secret.txt", SECRET)
    write(tmp_path / "outside" / "deep" / "secret.jsonl", line("secret", SECRET))
    inside = tmp_path / "inside"
    (inside / "sub").mkdir(parents=True)
    write(inside / "sub" / "own.txt", "Ada was born.")
    return inside


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("a.txt", "{outside}/secret.txt"),
        ("a.txt", "../outside/secret.txt"),
        ("sub/a.txt", "../../inside/../outside/secret.txt"),
        ("a.jsonl", "../outside/deep/secret.jsonl"),
        ("a.txt", "chained"),
        ("a", "../outside"),
        ("sub/a", "{outside}/deep"),
        ("a.txt", ".."),
    ],
)
def test_a_link_out_of_the_folder_is_not_read_but_told(
    folder: Path, link: str, target: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "chained").symlink_to("sub/again")
    (folder / "sub" / "again").symlink_to("../../outside/secret.txt")
    (folder / link).symlink_to(target.format(outside=folder.parent / "outside"))

    documents, skipped = read(folder)

    assert [document.id for document in documents] == ["wiki:sub/own.txt"]
    assert skipped == [], "it is no failed record"
    assert f"{link} is not read: a link that leads out of the folder" in caplog.text
    assert FileSource("wiki", folder).missing({f"wiki:{link}": ""}) == {f"wiki:{link}": None}


def test_a_link_that_stays_in_the_folder_is_a_file_and_one_to_a_folder_is_no_cycle(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "again.txt").symlink_to("sub/../sub/own.txt")
    (folder / "sub" / "up").symlink_to("..")

    with caplog.at_level(logging.INFO):
        documents, skipped = read(folder)

    assert [document.id for document in documents] == ["wiki:again.txt", "wiki:sub/own.txt"]
    assert skipped == [], "it is no failed record"
    assert [record.levelname for record in caplog.records] == ["INFO"]
    assert "sub/up: a link to a folder" in caplog.text


def test_the_source_itself_may_be_a_link(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    (folder / "again.txt").symlink_to("sub/own.txt")
    (folder / "out.txt").symlink_to("../outside/secret.txt")
    link = folder.parent / "link"
    link.symlink_to(folder)

    documents, skipped = read(link)

    assert [document.id for document in documents] == ["wiki:again.txt", "wiki:sub/own.txt"]
    assert skipped == []
    assert "out.txt is not read" in caplog.text
    write(folder.parent / "one.txt", "Ada was born.")
    (folder.parent / "link.txt").symlink_to("one.txt")
    assert [found.id for found in read(folder.parent / "link.txt")[0]] == ["wiki:link.txt"]


@pytest.mark.parametrize("target", ["absent.txt", "a.txt"])
def test_a_link_that_leads_nowhere_is_told_and_its_document_gone(
    folder: Path, target: str, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "a.txt").symlink_to(target)

    documents, skipped = read(folder)

    assert [document.id for document in documents] == ["wiki:sub/own.txt"]
    assert skipped == []
    assert "a.txt is not read: a link that leads nowhere" in caplog.text
    places = {"wiki:a.txt": "", "wiki:sub/own.txt": ""}
    assert FileSource("wiki", folder).missing(places) == {"wiki:a.txt": None}


def test_what_is_no_file_is_not_opened(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    os.mkfifo(folder / "pipe.txt")  # would be waited for, for ever
    (folder / "device.txt").symlink_to("/dev/zero")

    documents, skipped = read(folder)

    assert [document.id for document in documents] == ["wiki:sub/own.txt"]
    assert skipped == []
    assert "device.txt is not read: a link that leads out" in caplog.text
    assert "pipe.txt is not read: no regular file" in caplog.text
    with pytest.raises(SourceRejected, match="unknown kind of file"):
        records(FileSource("wiki", folder / "pipe.txt"))


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_read_is_no_empty_one(folder: Path) -> None:
    (folder / "sub").chmod(0)
    try:
        skipped = read(folder)[1]
        with pytest.raises(SourceRejected, match="the folder cannot be read"):
            FileSource("wiki", folder).missing({"wiki:sub/own.txt": ""})
    finally:
        (folder / "sub").chmod(0o700)
    assert [report.reason for report in skipped] == ["the folder cannot be read: Permission denied"]


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["sub/own.txt", "link.txt"])
def test_what_exists_and_cannot_be_reached_is_not_gone(folder: Path, name: str) -> None:
    (folder / "link.txt").symlink_to("sub/own.txt")
    (folder / "sub").chmod(0o400)  # its names can be listed, and that is all
    try:
        skipped = read(folder)[1]
        with pytest.raises(SourceRejected, match="the file cannot be read"):
            FileSource("wiki", folder).missing({f"wiki:{name}": ""})
    finally:
        (folder / "sub").chmod(0o700)
    assert "the file cannot be read: Permission denied" in [report.reason for report in skipped]
