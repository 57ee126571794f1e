from __future__ import annotations

from typing import Any

import pytest

from corpus.errors import AnswerTooLarge, SourceRejected
from corpus.hits import FieldMap, HitReader
from corpus.point_in_time import unread
from corpus.records import Skipped

HIT: dict[str, Any] = {"_index": "press", "_id": "7"}


def test_a_hit_without_content_is_no_document_that_was_emptied() -> None:
    reader = HitReader("wiki", FieldMap())

    with pytest.raises(SourceRejected, match="press gives its records without _source"):
        reader.record(HIT)
    assert reader.record(unread(HIT, AnswerTooLarge("told"))) == Skipped(
        source="press",
        place="7",
        document="wiki:7",
        reason="too large to be read: told",
        index="press",
    )


def test_a_hit_of_which_only_the_deletion_is_read_is_live_unless_it_is_marked() -> None:
    reader = HitReader("wiki", FieldMap(deleted="removed"))

    for source in ({}, {"removed": False}, {"removed": None}):
        assert reader.is_live({**HIT, "_source": source})
    assert reader.is_live(HIT)
    assert not reader.is_live({**HIT, "_source": {"removed": True}})
