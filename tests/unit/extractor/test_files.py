from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from extractor.batches import batched
from extractor.files import file_hash, whole_file


def test_a_file_takes_its_place_when_all_of_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text("before")
    with whole_file(path) as draft:
        draft.write_text("after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert file_hash(path) == hashlib.sha256(b"after").hexdigest()
    assert list(tmp_path.iterdir()) == [path]


def test_a_block_that_fails_or_leaves_no_draft_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "numbers.txt"
    path.write_text("before")
    with pytest.raises(FileNotFoundError), whole_file(path) as draft:
        draft.write_text((tmp_path / "absent").read_text())
    with whole_file(path):
        pass
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_written_whole_too(tmp_path: Path) -> None:
    with whole_file(tmp_path / "tables") as draft:
        draft.mkdir()
        (draft / "nodes.csv").write_text("id")
    assert (tmp_path / "tables" / "nodes.csv").read_text() == "id"


def test_batches_are_full_but_for_the_last() -> None:
    assert list(batched(iter(range(5)), 2)) == [[0, 1], [2, 3], [4]]
    assert list(batched([], 2)) == []
