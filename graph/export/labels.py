"""What is known of edges as training labels: on the documents that are evidence of the edge.

A verdict on one relation of a pair says nothing of the pair's other relations, but a model learns
from a pair as a whole. So what the document says of the pair otherwise goes along as 'asserted',
and what people confirmed of the pair goes along though the document does not state it: who rejects
one relation and confirms another would else teach that neither holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from extractor.batches import batched
from extractor.names import fold_name
from graph.model.edges import CONFIRMED
from graph.model.records import Correction
from graph.model.rows import edge_key
from graph.reading.queries import Read, Record

AT_ONCE = 200
ASSERTED = "asserted"
CONFIDENT = "confident"
Edge = tuple[str, str, str]
"""Head, relation, tail."""


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
class DocumentLabels:
    """A document with a statement that something is known of."""

    id: str
    source: str
    content_hash: str
    rows: tuple[LabelRow, ...]
    entities: tuple[NamedEntity, ...]


@dataclass(slots=True, kw_only=True)
class LabelsLeftOut:
    """What could not become a label, counted while labels are read."""

    without_document: int = 0
    """Verdicts on edges that no document states, nor another judged edge of the pair."""
    unclear: int = 0
    """Statements whose head or tail has no name of its own in the document, where names count."""


def verdicts_of(corrections: Iterable[Correction]) -> dict[Edge, str]:
    """Return edge -> verdict: what `document_labels` takes."""
    return {(each.head, each.relation, each.tail): each.verdict for each in corrections}


def confident_edges(read: Read, least: float) -> dict[Edge, str]:
    """Return edge -> 'confident' for the uncorrected edges of at least this probability."""
    found: dict[Edge, str] = {}
    after = ""
    while ids := [each["id"] for each in read("export_entity_ids", after=after, limit=AT_ONCE)]:
        after = ids[-1]
        for edge in read("confident_edges", rows=ids, least=least):
            found[edge["head"], edge["relation"], edge["tail"]] = CONFIDENT
    return found


def document_labels(
    read: Read, verdicts: Mapping[Edge, str], left_out: LabelsLeftOut, *, source: str | None = None
) -> Iterator[DocumentLabels]:
    """Yield the documents on which edges stand that something is known of, by id.

    Args:
        read: Runs one of the graph's statements.
        verdicts: edge -> what is known of it: `verdicts_of`, `confident_edges`.
        left_out: Counts what could not be.
        source: Only documents of this source.
    """
    edges: defaultdict[tuple[str, str], set[Edge]] = defaultdict(set)
    by_key = {edge_key(*edge): edge for edge in verdicts}
    confirmed = _confirmed(verdicts)
    found: set[Edge] = set()
    for keys in batched(by_key, AT_ONCE):
        for record in read("export_stated", rows=keys):
            edge = by_key[record["edge"]]
            beside = confirmed[edge[0], edge[2]]
            found |= {edge} | beside
            if source in (None, record["source"]):
                stated = (record["head"], record["relation"], record["tail"])
                edges[record["document"], record["source"]] |= {stated} | beside
    left_out.without_document = len(verdicts.keys() - found)
    for some in batched(sorted(edges), AT_ONCE):
        named = _named(read, [document for document, _ in some])
        for document, its_source in some:
            rows = _rows(edges[document, its_source], verdicts)
            yield _document(document, its_source, rows, named[document])


def _confirmed(verdicts: Mapping[Edge, str]) -> defaultdict[tuple[str, str], set[Edge]]:
    """Return (head, tail) -> the edges between them that people confirmed."""
    confirmed: defaultdict[tuple[str, str], set[Edge]] = defaultdict(set)
    for edge, verdict in verdicts.items():
        if verdict == CONFIRMED:
            confirmed[edge[0], edge[2]].add(edge)
    return confirmed


def _named(read: Read, documents: Sequence[str]) -> Mapping[str, list[Record]]:
    named: defaultdict[str, list[Record]] = defaultdict(list)
    for record in read("export_named", rows=documents):
        named[record["document"]].append(record)
    return named


def _rows(edges: Iterable[Edge], verdicts: Mapping[Edge, str]) -> tuple[LabelRow, ...]:
    return tuple(
        LabelRow(head=edge[0], relation=edge[1], tail=edge[2], verdict=verdicts.get(edge, ASSERTED))
        for edge in sorted(edges)
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
) -> DocumentLabels:
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
    return DocumentLabels(
        id=id_,
        source=source,
        content_hash=named[0]["content_hash"],
        rows=rows,
        entities=tuple(entities),
    )
