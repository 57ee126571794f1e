from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractor.datasets.submission import write_submission
from extractor.errors import DatasetRejected
from tests.unit.extractor.annotated import annotated_document

DOCUMENTS = [
    annotated_document("[Ada|PER|1] left [Paris|LOC|2]. [She|PER|1] wept.", identifier=each)
    for each in ("one", "two")
]


def test_the_file_is_the_official_one(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text("an earlier one")
    write_submission(path, DOCUMENTS, {(1, 1, "P17", 0): (), (0, 0, "P19", 1): (1, 0, 1)})
    assert json.loads(path.read_text(encoding="utf-8")) == [
        {"title": "Document one", "h_idx": 0, "t_idx": 1, "r": "P19", "evidence": [0, 1]},
        {"title": "Document two", "h_idx": 1, "t_idx": 0, "r": "P17", "evidence": []},
    ]
    assert [each.name for each in tmp_path.iterdir()] == ["result.json"]


@pytest.mark.parametrize(
    ("triple", "evidence"),
    [
        ((2, 0, "P19", 1), ()),
        ((-1, 0, "P19", 1), ()),
        ((0, 0, "P19", 2), ()),
        ((0, -1, "P19", 1), ()),
        ((0, 1, "P19", 1), ()),
        ((0, 0, "P19", 1), (2,)),
        ((0, 0, "P19", 1), (-1,)),
    ],
)
def test_what_a_document_does_not_have_is_refused_and_nothing_is_written(
    tmp_path: Path, triple: tuple[int, int, str, int], evidence: tuple[int, ...]
) -> None:
    path = tmp_path / "result.json"
    with pytest.raises(ValueError, match="triple"):
        write_submission(path, DOCUMENTS, {(0, 0, "P19", 1): (), triple: evidence})
    assert list(tmp_path.iterdir()) == []


def test_documents_that_the_scorer_would_confuse_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetRejected, match="2 documents have the title 'Document one'"):
        write_submission(tmp_path / "result.json", [DOCUMENTS[0], DOCUMENTS[0]], {})
