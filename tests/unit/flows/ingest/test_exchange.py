"""Shards on disk: nothing changes on the way, nothing stays behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from extractor.schema import (
    Cluster,
    Document,
    Entity,
    Extraction,
    Mention,
    Span,
    Statement,
)
from flows.components import close_components
from flows.errors import FolderTaken, ShardFailed
from flows.ingest.exchange import OURS, Exchange, folders_of_runs
from flows.ingest.executor import chosen_executor
from flows.params import IngestParams
from flows.records import Batch, Counts, Failure
from flows.run.context import SourceRun
from flows.run.interruption import Interruption
from graph.model.records import RunInfo

RUN, OTHER, KILLED = UUID(int=1), UUID(int=2), UUID(int=3)
MENTION = Mention(start=0, end=3, type="PER")
DOCUMENT = Document(
    id="tests:1",
    source="tests",
    title="Ad\u00e5 \U0001f600 \u202e",
    text="Ada\r\n\x00 \u2028",
    updated_at="2026-01-31T12:00:00Z",
    sentences=(Span(start=0, end=3),),
    clusters=(Cluster(type="PER", mentions=(MENTION,)),),
)
EXTRACTED = Batch(
    extractions=(
        Extraction(
            document=DOCUMENT,
            entities=(
                Entity(
                    id="nil:1", name="Ada", type="PER", mentions=(MENTION,), link_confidence=0.1
                ),
            ),
            statements=(
                Statement(
                    head="nil:1",
                    relation="P19",
                    tail="nil:1",
                    margin=0.1 + 0.2,
                    probability=1 / 3,
                    sentences=(0, 2),
                    text="Ada",
                ),
            ),
            unscored_pairs=2,
        ),
    ),
    failures=(Failure(document="tests:2", stage="extract", error="the text is empty"),),
    counts=Counts(seconds={"mentions": 0.25}),
    checkpoint="c@1",
    config_hash="c",
)

DOCUMENTS = (DOCUMENT, replace(DOCUMENT, id="tests:2"))
"""Those that were extracted."""


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Exchange]:
    """The files of a run that lives."""
    handed = Exchange(tmp_path / "shared", RUN)
    with handed.opened(tidy=False):
        yield handed


@pytest.fixture
def left(tmp_path: Path) -> Exchange:
    """The files of a run that was killed: nobody holds its lock any more."""
    killed = Exchange(tmp_path / "shared", KILLED)
    killed.folder.mkdir(parents=True)
    killed.put_documents(0, [DOCUMENT])
    return killed


def test_documents_and_outcomes_arrive_as_they_were(files: Exchange) -> None:
    files.put_documents(3, DOCUMENTS)
    assert files.documents(3) == DOCUMENTS
    files.put_extracted(3, EXTRACTED)
    assert files.take_extracted(3) == EXTRACTED


def test_nothing_of_a_shard_is_left_once_its_outcome_is_taken(files: Exchange) -> None:
    files.put_documents(0, DOCUMENTS)
    files.put_extracted(0, EXTRACTED)
    files.take_extracted(0)
    assert list(files.folder.iterdir()) == []


@pytest.mark.parametrize(
    "documents",
    [
        DOCUMENTS[:1],
        (*DOCUMENTS, replace(DOCUMENT, id="tests:3")),
        (replace(DOCUMENT, text="Ada, changed"), DOCUMENTS[1]),
    ],
    ids=["one too many", "one too few", "another text"],
)
def test_an_outcome_of_other_documents_is_refused(
    files: Exchange, documents: tuple[Document, ...]
) -> None:
    files.put_documents(0, documents)
    files.put_extracted(0, EXTRACTED)  # by a worker that had shard 0 of the attempt that was killed
    with pytest.raises(ShardFailed, match="tells of other documents"):
        files.take_extracted(0)


def test_a_run_that_is_tried_again_begins_with_an_empty_folder(left: Exchange) -> None:
    left.put_extracted(0, EXTRACTED)
    with left.opened(tidy=True):
        assert list(left.folder.iterdir()) == []


def test_a_run_removes_what_a_killed_one_left_and_nothing_of_one_that_lives(
    files: Exchange, left: Exchange
) -> None:
    files.put_documents(0, [DOCUMENT])
    after = Exchange(files.shared, OTHER)
    with after.opened(tidy=True):
        assert folders_of_runs(files.shared) == [files.folder, after.folder]
        assert files.documents(0) == (DOCUMENT,)
    assert folders_of_runs(files.shared) == [files.folder]


def test_one_run_does_not_work_in_two_processes(files: Exchange) -> None:
    with (
        pytest.raises(FolderTaken, match="another process works in"),
        Exchange(files.shared, RUN).opened(tidy=True),
    ):
        pass
    assert files.folder.exists()


def test_nothing_of_others_in_the_shared_folder_is_touched(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    theirs = [
        shared / "models" / "weights",
        shared / str(UUID(int=7)) / "notes",  # one of ours lies deeper
        shared / OURS / "backup" / "notes",
        shared / OURS / UUID(int=0xABC).hex / "notes",
    ]
    for file in theirs:
        file.parent.mkdir(parents=True)
        file.write_text("mine")
    (shared / OURS / str(UUID(int=8))).symlink_to(shared / "models")
    with Exchange(shared, RUN).opened(tidy=True):
        pass
    assert [file.read_text() for file in theirs] == ["mine"] * 4
    assert (shared / OURS / str(UUID(int=8))).exists()


def a_run(*, dry_run: bool) -> SourceRun:
    info = RunInfo(
        id=str(RUN), flow="ingest", checkpoint="c@1", config_hash="c", git_sha="", started_at=""
    )
    source: Any = None
    return SourceRun(info, IngestParams(), source, Interruption(), dry_run=dry_run)


def test_a_dry_run_removes_nothing_but_its_own_folder(
    left: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACTLOOM_RUN__TASK_RUNNER", "workers")
    monkeypatch.setenv("FACTLOOM_RUN__SHARED_FOLDER", str(left.shared))
    close_components()
    with pytest.raises(RuntimeError), chosen_executor(a_run(dry_run=True)):
        raise RuntimeError
    assert left.documents(0) == (DOCUMENT,)
    with chosen_executor(a_run(dry_run=False)):
        assert not left.folder.exists()
    close_components()
    assert list((left.shared / OURS).iterdir()) == []


def test_what_cannot_be_removed_is_told(
    files: Exchange,
    left: Exchange,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr("flows.run.own_folders.shutil.rmtree", refuse)
    with Exchange(files.shared, OTHER).opened(tidy=True):
        pass
    told = caplog.text
    assert f"{left.folder} may hold texts of documents, and cannot be removed" in told
    assert f"{files.shared / OURS / str(OTHER)} may hold texts" in told
    monkeypatch.undo()


def test_a_shard_that_is_not_there_names_the_folder_to_set(files: Exchange) -> None:
    with pytest.raises(ShardFailed, match="FACTLOOM_RUN__SHARED_FOLDER"):
        files.documents(7)


def test_only_its_owner_may_read_the_texts(files: Exchange) -> None:
    assert files.folder.stat().st_mode & 0o077 == 0
