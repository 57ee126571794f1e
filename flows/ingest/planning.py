"""Pages of a source -> batches: what is new, gone, unchanged, or waits.

A position is handed on with the first batch after which everything up to it is done, so that
whoever stores it then can never lose a document. None is, while anything that was read is to be
retracted: that is done after all batches, if at all, and the last batch says so.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from corpus.source import Gone, Page, Record, Skipped, id_of
from extractor.schema import Document
from flows.ingest.garbled import Garbled
from flows.ingest.retraction import MALFORMED, Retractions
from flows.ingest.retries import is_due
from flows.records import Batch, Counts
from graph.model.records import FailedDocument, Known
from graph.model.rows import content_hash

if TYPE_CHECKING:
    from graph.client import Graph

READ = "read"
"""The stage at which a record failed that is no document."""
MAX_PENDING_NON_DOCUMENTS = 10_000
"""Records that need no extraction which a batch waits with, at most, for documents that do."""


def plan(
    pages: Iterable[Page],
    graph: Graph | None,
    retractions: Retractions,
    *,
    config_hash: str,
    checkpoint: str,
    now: str,
    size: int,
    limit: int | None = None,
    force: bool = False,
    unwritten: int = 0,
    left_out: Callable[[Document], str | None] = lambda document: None,
) -> Generator[Batch, None, None]:
    """Yield the batches that pages make, each of `size` documents to extract at most.

    Args:
        pages: of a source.
        graph: knows its documents, and what failed; None, in a dry run: nothing is known.
        retractions: where documents that are to be retracted are put aside.
        config_hash: of what decides, beside the document, what is extracted from it.
        checkpoint: that extracts. What another one extracted stays as it is here, but does not
            settle that this one failed at it, in a backfill.
        now: the time, ISO-8601 UTC; failed documents that are not due by then wait.
        size: of a batch.
        limit: read so many documents at most; a page that is cut hands on no position.
        force: take also what the graph has as it is, and what is not due.
        unwritten: how many of the last batches may not be written yet when one is asked for.
            What the graph says of their documents is not the last word.
        left_out: why a document is not to be extracted, for its language; None: it is. What the
            graph has of it from an earlier day is retracted.
    """
    planner = _Planner(
        graph=graph,
        retractions=retractions,
        config_hash=config_hash,
        checkpoint=checkpoint,
        now=now,
        force=force,
        unwritten=unwritten,
        left_out=left_out,
    )
    for page in limited(pages, limit):
        planner.put(page)
        while len(planner.pending) >= size:
            yield planner.take(size)
        if not planner.pending or planner.crowded:
            yield planner.take(size)
    yield planner.take(size)
    if retractions:
        yield Batch(retracting=True, position=planner.reached)


def limited(pages: Iterable[Page], limit: int | None) -> Iterator[Page]:
    """Yield pages up to so many documents; one that is cut hands on no position."""
    left = limit
    for page in pages:
        if left is None:
            yield page
            continue
        documents = sum(isinstance(record, Document) for record in page.records)
        if documents > left:
            yield Page(records=tuple(_first(page.records, left)), position="")
            return
        left -= documents
        yield page
        if left == 0:
            return


def _first(records: Iterable[Record], documents: int) -> Iterator[Record]:
    """Yield the records up to and with the last of so many documents."""
    for record in records:
        if documents == 0:
            return
        documents -= isinstance(record, Document)
        yield record


@dataclass(kw_only=True)
class _Planner:
    """What was read and not yet handed on; `plan` says what it is given."""

    graph: Graph | None
    retractions: Retractions
    config_hash: str
    checkpoint: str
    now: str
    force: bool
    unwritten: int
    left_out: Callable[[Document], str | None]
    pending: dict[str, tuple[int, Document]] = field(default_factory=dict)
    """In the order of reading, each with its number."""
    reached: str = ""
    """The last position up to which all is taken, if it was not handed on."""

    def __post_init__(self) -> None:
        self._marks: list[tuple[int, str]] = []
        """(number of the next document, position of the page before it)"""
        self._retried: set[str] = set()
        """Pending documents that failed before, just as they are."""
        self._number = 0
        self._garbled = Garbled()
        self._on_their_way: deque[frozenset[str]] = deque(maxlen=self.unwritten)
        """The documents of the last batches."""
        self._begin()

    def _begin(self) -> None:
        self._moved: dict[str, str] = {}
        self._recovered: dict[str, None] = {}
        self._skipped: list[Skipped] = []
        self._counts: defaultdict[str, Any] = defaultdict(int)

    @property
    def crowded(self) -> bool:
        """Whether so much else was found that the next batch is not to wait until it is full."""
        return len(self._moved) + len(self._skipped) >= MAX_PENDING_NON_DOCUMENTS

    def _forget(self, document: str) -> None:
        """Drop what earlier records said of a document: the last word counts."""
        self.pending.pop(document, None)
        self._retried.discard(document)
        self.retractions.cancel(document)
        self._moved.pop(document, None)
        self._recovered.pop(document, None)

    def _remembered(
        self, ids: Sequence[str]
    ) -> tuple[Mapping[str, Known], Mapping[str, FailedDocument]]:
        """Return what the graph has of documents, and how they failed."""
        if self.graph is None:
            return {}, {}
        return self.graph.known(ids), self.graph.failures_of(ids)

    def put(self, page: Page) -> None:
        """Sort a page's records by what they need."""
        # A record that is none may tell no document, and a duplicate says nothing of its own.
        ids = [
            id_of(record)
            for record in page.records
            if not isinstance(record, Skipped) or (record.document and not record.duplicate)
        ]
        on_their_way = frozenset().union(*self._on_their_way)
        known, failed = self._remembered(ids)
        for record in page.records:
            match record:
                case Skipped():
                    self._put_skipped(record, known.keys() | on_their_way, failed)
                case Gone(document=document):
                    self._forget(document)
                    self._counts["withdrawn"] += 1
                    if document in known or document in failed or document in on_their_way:
                        self.retractions.add(document, record.why)
                case Document(id=id_) if id_ in on_their_way:
                    self._put_document(record, None, None, there=True)
                case Document(id=id_):
                    there = id_ in known or id_ in failed
                    self._put_document(record, known.get(id_), failed.get(id_), there=there)
        if page.position:
            self._marks.append((self._number, page.position))

    def _put_skipped(
        self, record: Skipped, there: Set[str], failed: Mapping[str, FailedDocument]
    ) -> None:
        """Report a record that is none; what the graph has of a text that is gone has to go."""
        document, text = record.document, record.text
        if not record.duplicate:
            self._forget(document)
        lost = document in there or (text == "empty" and document in failed)
        if lost and text != "there":
            self.retractions.add(document, MALFORMED if text == "malformed" else "emptied")
        if not lost or text in ("there", "malformed"):
            self._skipped.append(record)
            if not (record.duplicate or text == "empty"):
                before = failed.get(document)
                self._counts["skipped_again"] += before is not None and before.stage == READ
        else:
            self._counts["withdrawn"] += 1

    def _put_document(
        self, document: Document, known: Known | None, failed: FailedDocument | None, *, there: bool
    ) -> None:
        """Sort a document in.

        Args:
            document: as it is read.
            known: what the graph has of it.
            failed: how it failed.
            there: whether the graph has, or will have, anything of it.
        """
        self._counts["read"] += 1
        self._forget(document.id)
        content = content_hash(document)
        as_it_is = known and (known.content_hash, known.config_hash) == (content, self.config_hash)
        if known and as_it_is and not self.force:
            self._counts["unchanged"] += 1
            if known.index != document.index:
                self._moved[document.id] = document.index
            if failed and (failed.content_hash != content or known.checkpoint == self.checkpoint):
                self._recovered[document.id] = None
            return
        if reason := self.left_out(document):
            self._skipped.append(_foreign(document, reason))
            if there:
                self.retractions.add(document.id, "in another language")
            return
        as_it_was = failed and (failed.content_hash, failed.index) == (content, document.index)
        if failed and as_it_was:
            if not (self.force or is_due(failed, self.now)):
                self._counts["waiting"] += 1
                return
            self._retried.add(document.id)
        self._counts["garbled"] += self._garbled.meet(document)
        self.pending[document.id] = (self._number, document)
        self._number += 1

    def take(self, size: int) -> Batch:
        """Return the next documents, and all else that was found."""
        chosen = [document for _, document in islice(self.pending.values(), size)]
        retried = frozenset(each.id for each in chosen if each.id in self._retried)
        self._retried -= retried
        for document in chosen:
            del self.pending[document.id]
        first_left = next((number for number, _ in self.pending.values()), self._number)
        while self._marks and self._marks[0][0] <= first_left:
            self.reached = self._marks.pop(0)[1]
        position = "" if self.retractions else self.reached
        batch = Batch(
            documents=tuple(chosen),
            moved=self._moved,
            recovered=tuple(self._recovered),
            skipped=tuple(self._skipped),
            retried=retried,
            position=position,
            counts=Counts(**self._counts) + Counts.of_skipped(self._skipped),
        )
        if position:
            self.reached = ""
        self._begin()
        self._on_their_way.append(frozenset(document.id for document in chosen))
        return batch


def _foreign(document: Document, reason: str) -> Skipped:
    return Skipped(
        source=document.index or document.source,
        place=document.id.removeprefix(f"{document.source}:"),
        document=document.id,
        reason=reason,
        index=document.index,
        foreign=True,
    )
