"""What the graph knows of edges -> labelled documents, as training and scoring read them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING

from extractor.batches import batched
from extractor.datasets.docred import Label, LabelledDocument
from extractor.schema import Cluster, Document, Mention
from extractor.text.blocks import blocks_of
from extractor.text.sentences import split_sentences
from graph.export.labels import (
    CONFIDENT,
    DocumentLabels,
    Edge,
    LabelRow,
    LabelsLeftOut,
    NamedEntity,
    document_labels,
)
from graph.model.edges import CONFIRMED, REJECTED
from graph.model.rows import content_hash

if TYPE_CHECKING:
    from corpus.source import DocumentSource
    from extractor.relations import RelationVocabulary
    from graph.reading.queries import Read

AT_ONCE = 100
"""Documents in a request to the source."""


def labelled_by_verdicts(
    read: Read,
    verdicts: Mapping[Edge, str],
    source: DocumentSource,
    vocabulary: RelationVocabulary,
    left_out: Counter[str],
) -> Iterator[LabelledDocument]:
    """Yield the source's documents that state edges of which something is known, so labelled.

    The pairs of these edges are judged, all other pairs of the document are not. A rejected
    relation is a negative of its pair; what the document states of the pair otherwise holds.

    Args:
        read: Runs one of the graph's statements.
        verdicts: edge -> 'confirmed', 'rejected' or 'confident'.
        source: Has the documents' texts; a document that has changed since is left out.
        vocabulary: the model's.
        left_out: Reason -> how many verdicts, documents or statements could not be used.
    """
    counts = LabelsLeftOut()
    labels = document_labels(read, verdicts, counts, source=source.name)
    for each, document in with_texts(source, labels):
        if document is None:
            left_out["documents that the source has no more, or in another version"] += 1
        elif item := _labelled(each, document, vocabulary, left_out):
            yield item
    left_out["verdicts on edges that no document states"] += counts.without_document


def with_texts(
    source: DocumentSource, labels: Iterable[DocumentLabels]
) -> Iterator[tuple[DocumentLabels, Document | None]]:
    """Yield each document as the source has it; None where that is not what the graph knows."""
    for some in batched(labels, AT_ONCE):
        hashes = {each.id: each.content_hash for each in some}
        texts = {
            record.id: record
            for record in source.fetch(list(hashes))
            if isinstance(record, Document) and content_hash(record) == hashes[record.id]
        }
        yield from ((each, texts.get(each.id)) for each in some)


def _labelled(
    labels: DocumentLabels,
    document: Document,
    vocabulary: RelationVocabulary,
    left_out: Counter[str],
) -> LabelledDocument | None:
    """Return the labelled document, or None where none of its pairs can be used."""
    places = {entity.id: place for place, entity in enumerate(labels.entities)}
    types = [entity.type for entity in labels.entities]
    pairs: defaultdict[tuple[int, int], list[LabelRow]] = defaultdict(list)
    for row in labels.rows:
        head, tail = places[row.head], places[row.tail]
        if row.relation in vocabulary.ids and vocabulary.admits(
            row.relation, types[head], types[tail]
        ):
            pairs[head, tail].append(row)
        else:
            left_out["statements that the vocabulary does not admit"] += 1
    usable = {pair: rows for pair, rows in pairs.items() if _known(rows)}
    left_out["pairs of which only a part is known"] += len(pairs) - len(usable)
    if not usable:
        return None
    return LabelledDocument(
        document=replace(
            document,
            title=document.title or labels.id.removeprefix(f"{labels.source}:"),
            sentences=document.sentences or split_sentences(document.text, blocks_of(document)),
            clusters=tuple(map(_cluster, labels.entities)),
        ),
        labels=tuple(
            Label(head=head, relation=row.relation, tail=tail)
            for (head, tail), rows in usable.items()
            for row in rows
            if row.verdict != REJECTED
        ),
        unjudged=frozenset(permutations(range(len(types)), 2)) - usable.keys(),
    )


def _known(rows: Sequence[LabelRow]) -> bool:
    """Tell whether a pair can be learnt: a person judged it, or all that is said is confident."""
    verdicts = {row.verdict for row in rows}
    return bool(verdicts & {CONFIRMED, REJECTED}) or verdicts == {CONFIDENT}


def _cluster(entity: NamedEntity) -> Cluster:
    spans = sorted(zip(entity.spans[::2], entity.spans[1::2], strict=True))
    mentions = (Mention(start=start, end=end, type=entity.type) for start, end in spans)
    return Cluster(type=entity.type, mentions=tuple(mentions))
