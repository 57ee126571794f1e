"""What is known of edges as training labels: on the documents that are evidence of the edge.

A verdict on one relation of a pair says nothing of the pair's other relations, but a model learns
from a pair as a whole. So what the document says of the pair otherwise goes along as 'asserted'.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from extractor.names import fold_name
from graph.queries import Read, Record
from graph.records import Correction
from graph.rows import edge_key

AT_ONCE = 200
ASSERTED = "asserted"
CONFIDENT = "confident"
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class LabelRow:
    """What is known of one relation of a document's pair of entities."""

    head: str
    """Id of the entity."""
    relation: str
    tail: str
    verdict: str
    """'confirmed' or 'rejected' by a person, 'confident' by its edge, else 'asserted'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedEntity:
    """An entity of a document."""

    id: str
    type: str
    spans: tuple[int, ...]
    """Start, end, start, end, ... in code points of the document's text."""
    name: str
    """Its best name that no other entity of the document has too; empty if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedDocument:
    """A document with a statement that something is known of."""

    id: str
    source: str
    content_hash: str
    rows: tuple[LabelRow, ...]
    entities: tuple[NamedEntity, ...]


@dataclass(slots=True, kw_only=True)
class LeftOut:
    """What could not become a label, counted while labels are read."""

    without_document: int = 0
    """Verdicts on edges that no document states."""
    unclear: int = 0
    """Statements whose head or tail has no name of its own in the document, where names count."""


def verdicts_of(corrections: Iterable[Correction]) -> dict[str, str]:
    """Return edge -> verdict: what `judged_documents` takes."""
    return {edge_key(each.head, each.relation, each.tail): each.verdict for each in corrections}


def confident_edges(read: Read, least: float) -> dict[str, str]:
    """Return edge -> 'confident' for the uncorrected edges of at least this probability."""
    found: dict[str, str] = {}
    after = ""
    while ids := [each["id"] for each in read("export_entity_ids", after=after, limit=AT_ONCE)]:
        after = ids[-1]
        for edge in read("confident_edges", rows=ids, least=least):
            found[edge_key(edge["head"], edge["relation"], edge["tail"])] = CONFIDENT
    return found


def judged_documents(
    read: Read,
    verdicts: Mapping[str, str],
    left_out: LeftOut,
    *,
    source: str | None = None,
) -> Iterator[JudgedDocument]:
    """Yield the documents on which edges stand that something is known of, by id.

    Args:
        read: Runs one of the graph's statements.
        verdicts: edge -> what is known of it: `verdicts_of`, `confident_edges`.
        left_out: Counts what could not be.
        source: Only documents of this source.
    """
    said: defaultdict[tuple[str, str], dict[str, Record]] = defaultdict(dict)
    found: set[str] = set()
    for keys in _batches(verdicts):
        for record in read("export_judged", rows=keys):
            found.add(record["edge"])
            if source in (None, record["source"]):
                said[record["document"], record["source"]][record["said"]] = record
    left_out.without_document = len(verdicts.keys() - found)
    for some in _batches(sorted(said)):
        named = _named(read, [document for document, _ in some])
        for document, its_source in some:
            rows = _rows(said[document, its_source].values(), verdicts)
            yield _document(document, its_source, rows, named[document])


def _named(read: Read, documents: Sequence[str]) -> Mapping[str, list[Record]]:
    named: defaultdict[str, list[Record]] = defaultdict(list)
    for record in read("export_named", rows=documents):
        named[record["document"]].append(record)
    return named


def _rows(statements: Iterable[Record], verdicts: Mapping[str, str]) -> tuple[LabelRow, ...]:
    return tuple(
        sorted(
            LabelRow(
                head=each["head"],
                relation=each["relation"],
                tail=each["tail"],
                verdict=verdicts.get(each["said"], ASSERTED),
            )
            for each in statements
        )
    )


def _own_names(named: Sequence[Record]) -> dict[str, str]:
    """Return entity -> its best name that no other entity of the document has too."""
    bearers: defaultdict[str, set[str]] = defaultdict(set)
    for record in named:
        for name in record["names"]:
            bearers[fold_name(name)].add(record["entity"])
    return {
        record["entity"]: name
        for record in named
        for name in reversed(record["names"])  # the best is the first, and stays
        if len(bearers[fold_name(name)]) == 1
    }


def _document(
    id_: str, source: str, rows: tuple[LabelRow, ...], named: Sequence[Record]
) -> JudgedDocument:
    names = _own_names(named)
    entities = [
        NamedEntity(
            id=record["entity"],
            type=record["type"],
            spans=tuple(record["spans"]),
            name=names.get(record["entity"], ""),
        )
        for record in sorted(named, key=lambda record: str(record["entity"]))
    ]
    return JudgedDocument(
        id=id_,
        source=source,
        content_hash=named[0]["content_hash"],
        rows=rows,
        entities=tuple(entities),
    )


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch
