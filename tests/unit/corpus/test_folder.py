"""What a folder of documents may reach: its own files, whatever links say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus.errors import SourceRejected
from corpus.files import FileSource
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
    folder: Path, link: str, target: str
) -> None:
    (folder / "chained").symlink_to("sub/again")
    (folder / "sub" / "again").symlink_to("../../outside/secret.txt")
    (folder / link).symlink_to(target.format(outside=folder.parent / "outside"))

    documents, skipped = read(folder)

    assert [document.id for document in documents] == ["wiki:sub/own.txt"]
    assert [(report.source, report.document) for report in skipped] == [(link, "")]
    assert "leads out of the folder" in skipped[0].reason
    assert FileSource("wiki", folder).missing({f"wiki:{link}": ""}) == {f"wiki:{link}": None}


def test_a_link_that_stays_in_the_folder_is_a_file_and_one_to_a_folder_is_no_cycle(
    folder: Path,
) -> None:
    (folder / "again.txt").symlink_to("sub/../sub/own.txt")
    (folder / "sub" / "up").symlink_to("..")

    documents, skipped = read(folder)

    assert [document.id for document in documents] == ["wiki:again.txt", "wiki:sub/own.txt"]
    assert [report.source for report in skipped] == ["sub/up"]
    assert "a link to a folder" in skipped[0].reason


def test_the_source_itself_may_be_a_link(folder: Path) -> None:
    (folder / "again.txt").symlink_to("sub/own.txt")
    (folder / "out.txt").symlink_to("../outside/secret.txt")
    link = folder.parent / "link"
    link.symlink_to(folder)

    documents, skipped = read(link)

    assert [document.id for document in documents] == ["wiki:again.txt", "wiki:sub/own.txt"]
    assert [report.source for report in skipped] == ["out.txt"]
    write(folder.parent / "one.txt", "Ada was born.")
    (folder.parent / "link.txt").symlink_to("one.txt")
    assert [found.id for found in read(folder.parent / "link.txt")[0]] == ["wiki:link.txt"]


@pytest.mark.parametrize("target", ["absent.txt", "a.txt"])
def test_of_a_link_that_leads_nowhere_nobody_can_tell_what_it_held(
    folder: Path, target: str
) -> None:
    (folder / "a.txt").symlink_to(target)

    documents, skipped = read(folder)

    assert [document.id for document in documents] == ["wiki:sub/own.txt"]
    assert [report.reason for report in skipped] == ["a link that leads nowhere"]
    with pytest.raises(SourceRejected, match=r"a\.txt.* leads nowhere"):
        FileSource("wiki", folder).missing({"wiki:a.txt": ""})


def test_what_is_no_file_is_not_opened(folder: Path) -> None:
    os.mkfifo(folder / "pipe.txt")  # would be waited for, for ever
    (folder / "device.txt").symlink_to("/dev/zero")

    documents, skipped = read(folder)

    assert [document.id for document in documents] == ["wiki:sub/own.txt"]
    assert [report.source for report in skipped] == ["device.txt", "pipe.txt"]
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
