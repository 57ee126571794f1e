"""Documents are stored as they are, in an index of our own and in no other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from corpus.elasticsearch.loading import DOCUMENT_MAPPING, load_documents, setup_index
from corpus.errors import SourceRejected
from corpus.source import Gone, Skipped
from extractor.schema import Document
from tests.unit.corpus.memory_elastic import Index, MemoryElastic

ADA = Document(
    id="wiki:1",
    source="wiki",
    title="Ada",
    text="Ada was born.",
    updated_at="2020-01-01T00:00:00Z",
)
LEFT_OUT = Skipped(source="a.jsonl", place="line 3", document="", reason="field 'id' is missing")


class WritableElastic(MemoryElastic):
    """A server that takes records too, but for those without a title."""

    def create(self, *, index: str, mappings: dict[str, Any]) -> None:
        """Make an index."""
        self.stored[index] = Index(mappings, uuid=index)

    def bulk(self, *, index: str, operations: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Write and remove records."""
        items, rest = [], iter(operations)
        for operation in rest:
            ((kind, told),) = operation.items()
            result: dict[str, Any] = {"_id": told["_id"], "status": 200}
            if kind == "delete":
                self.stored[index].delete(told["_id"])
            elif (record := next(rest))["title"]:
                self.stored[index].put(told["_id"], record)
            else:
                result |= {"status": 400, "error": {"type": "illegal", "reason": "of no interest"}}
            items.append({kind: result})
        return {"items": items}


def test_documents_are_stored_under_their_own_ids_and_deleted_ones_removed() -> None:
    server = WritableElastic()
    untitled = Document(id="wiki:2", source="wiki", title="", text="x", updated_at=ADA.updated_at)

    report = load_documents(server.door(), "press", [ADA, LEFT_OUT, untitled])
    again = load_documents(server.door(), "press", [Gone(document="wiki:1")])

    assert (report.loaded, report.removed) == (1, 0)
    refused = Skipped(source="press", place="2", document="wiki:2", reason="illegal")
    assert report.skipped == (LEFT_OUT, refused)
    assert (again.loaded, again.removed, again.skipped) == (0, 1, ())
    assert server.stored["press"].mappings == DOCUMENT_MAPPING
    assert server.stored["press"].records == {}


def test_an_index_that_is_not_ours_stays_as_it_is() -> None:
    server = WritableElastic()
    server.add_index("theirs")
    assert not setup_index(server.door(), "theirs")
    with pytest.raises(SourceRejected, match="was not made by Factloom"):
        load_documents(server.door(), "theirs", [ADA])
    assert server.stored["theirs"].records == {}
    with pytest.raises(SourceRejected, match=r"no index matches 'absent-\*'"):
        setup_index(server.door(), "absent-*")
    assert setup_index(server.door(), "ours")
