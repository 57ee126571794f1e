"""Pages, a graph that knows what it is told, and the batches that are planned of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any

from corpus.fields.texts import TextState
from corpus.source import Page, Record, Skipped
from extractor.schema import Document
from flows.ingest.planning import plan
from flows.ingest.retraction import Retractions
from flows.records import Batch
from graph.model.records import FailedDocument, Known
from graph.model.rows import content_hash

NOW = "2026-11-25T02:00:00Z"


class Graph:
    """Has documents in memory, and failures that it is told of."""

    def __init__(self, *documents: Document, failed: Sequence[FailedDocument] = ()) -> None:
        self._documents = {each.id: each for each in documents}
        self._failed = {each.id: each for each in failed}

    def documents(self, source: str) -> int:
        return len(self._documents)

    def known(self, ids: Sequence[str]) -> Mapping[str, Known]:
        return {
            id_: Known(
                content_hash=content_hash(self._documents[id_]),
                config_hash="c",
                checkpoint="m@1",
                index=self._documents[id_].index,
            )
            for id_ in ids
            if id_ in self._documents
        }

    def failures_of(self, ids: Sequence[str]) -> Mapping[str, FailedDocument]:
        return {id_: self._failed[id_] for id_ in ids if id_ in self._failed}

    def put(self, documents: Iterable[Document]) -> None:
        self._documents |= {each.id: each for each in documents}

    def remove(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            self._documents.pop(id_, None)

    def texts(self) -> dict[str, str]:
        return {id_: each.text for id_, each in self._documents.items()}


def document(number: int, text: str = "Ada was born in London.", **fields: Any) -> Document:
    return Document(
        id=f"tests:{number}",
        source="tests",
        title="",
        text=text,
        updated_at="2026-01-01T00:00:00Z",
        **fields,
    )


def failure(of: Document, attempts: int, last_tried: str) -> FailedDocument:
    return FailedDocument(
        id=of.id,
        stage="extract",
        error="no",
        attempts=attempts,
        last_tried=last_tried,
        content_hash=content_hash(of),
        index=of.index,
    )


def unread(number: int) -> FailedDocument:
    """Return the failure of a record that could not be read."""
    return FailedDocument(
        id=f"tests:{number}",
        stage="read",
        error="r",
        attempts=1,
        last_tried="2026-11-25T01:00:00Z",
        content_hash="",
    )


def page(*records: Record, position: str = "") -> Page:
    return Page(records=records, position=position)


SETTINGS: dict[str, Any] = {"config_hash": "c", "checkpoint": "m@1", "now": NOW, "size": 2}


def planned(*pages: Page, graph: Any = None, **options: Any) -> tuple[list[Batch], dict[str, str]]:
    """Return the batches, and what is to be retracted in the end, each for its reason."""
    with closing(Retractions()) as retractions:
        known: Any = graph or Graph()
        found = list(plan(pages, known, retractions, **SETTINGS | options))
        return found, {id_: why for batch in retractions.batches() for id_, why in batch.items()}


def batches(*pages: Page, graph: Any = None, **options: Any) -> list[Batch]:
    return planned(*pages, graph=graph, **options)[0]


def retracted(*pages: Page, graph: Any = None, **options: Any) -> dict[str, str]:
    return planned(*pages, graph=graph, **options)[1]


def taken(found: Sequence[Batch]) -> list[str]:
    return [each.id for batch in found for each in batch.documents]


def rejected(number: int, text: TextState = "there") -> Skipped:
    return Skipped(source="s", place="p", document=f"tests:{number}", reason="r", text=text)
