"""Which documents are visited when another champion counts first."""

from __future__ import annotations

import pytest

from graph.writing.adopting import smaller_side


@pytest.mark.parametrize(
    ("documents", "own"),
    [
        ({}, None),
        ({"a": 9}, None),
        ({"b": 9, "c": 1}, None),
        ({"a": 2, "b": 9}, True),
        ({"a": 9, "b": 2, "c": 3}, False),
    ],
)
def test_the_side_with_fewer_documents_is_visited_and_none_where_there_is_one_side(
    documents: dict[str, int], own: bool | None
) -> None:
    counts = [{"checkpoint": name, "count": count} for name, count in documents.items()]
    assert smaller_side(counts, "a") is own
