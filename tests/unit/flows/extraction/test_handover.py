"""Shards on disk: nothing changes on the way, nothing stays behind."""

from __future__ import annotations

from pathlib import Path
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
from flows.errors import ShardFailed
from flows.extraction.handover import Handover
from flows.extraction.outcome import Outcome
from flows.isolation import Failure

RUN, OTHER = UUID(int=1), UUID(int=2)
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
OUTCOME = Outcome(
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
    seconds={"mentions": 0.25},
    checkpoint="c@1",
    config_hash="c",
)


@pytest.fixture
def files(tmp_path: Path) -> Handover:
    handed = Handover(tmp_path / "shared", RUN)
    handed.begin()
    return handed


def test_documents_and_outcomes_arrive_as_they_were(files: Handover) -> None:
    files.put_documents(3, [DOCUMENT])
    assert files.documents(3) == (DOCUMENT,)
    files.put_outcome(3, OUTCOME)
    assert files.take_outcome(3) == OUTCOME


def test_nothing_of_a_shard_is_left_once_its_outcome_is_taken(files: Handover) -> None:
    files.put_documents(0, [DOCUMENT])
    files.put_outcome(0, OUTCOME)
    files.take_outcome(0)
    assert list(files.folder.iterdir()) == []


def test_a_run_begins_by_removing_what_a_killed_one_left(files: Handover) -> None:
    files.put_documents(0, [DOCUMENT])
    after = Handover(files.shared, OTHER)
    after.begin()
    assert list(files.shared.iterdir()) == [after.folder]
    after.end()
    assert list(files.shared.iterdir()) == []


def test_a_shard_that_is_not_there_names_the_folder_to_set(files: Handover) -> None:
    with pytest.raises(ShardFailed, match="FACTLOOM_RUN__SHARED_FOLDER"):
        files.documents(7)


def test_only_its_owner_may_read_the_texts(files: Handover) -> None:
    assert files.folder.stat().st_mode & 0o077 == 0
