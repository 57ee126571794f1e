"""What a data set holds: the rows of ATLOP's Table 1, and how much there is to learn from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from extractor.datasets.docred import LabelledDocument
from extractor.relations import RelationVocabulary
from extractor.signatures import TypeStatistics


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts of one data set; averages and shares over all of its splits together."""

    name: str
    documents: Mapping[str, int]
    """Split -> documents, in the order given."""
    relations: int
    """As the paper counts them: with 'no relation', which is the threshold class here."""
    entities_per_document: float
    mentions_per_entity: float
    triples: int
    positive_share: float
    """Of the ordered entity pairs that the vocabulary's types admit and the source judges, in
    splits that hold labels: those with a relation."""
    triples_with_evidence: int


def statistics(
    name: str, splits: Mapping[str, Sequence[LabelledDocument]], vocabulary: RelationVocabulary
) -> Statistics:
    """Count what a data set holds; a share or an average of nothing is 0."""
    documents = [item for split in splits.values() for item in split]
    clusters = [cluster for item in documents for cluster in item.document.clusters]
    labels = [label for item in documents for label in item.labels]
    labelled = [
        item
        for split in splits.values()
        if any(item.labels for item in split)  # a split without a label is unlabelled
        for item in split
    ]
    pairs = sum(_labelled_pairs(item, vocabulary) for item in labelled)
    positive = sum(len({(label.head, label.tail) for label in item.labels}) for item in labelled)
    return Statistics(
        name=name,
        documents={split: len(items) for split, items in splits.items()},
        relations=len(vocabulary),
        entities_per_document=_share(len(clusters), len(documents)),
        mentions_per_entity=_share(sum(len(c.mentions) for c in clusters), len(clusters)),
        triples=len(labels),
        positive_share=_share(positive, pairs),
        triples_with_evidence=sum(bool(label.evidence) for label in labels),
    )


def signatures(documents: Iterable[LabelledDocument]) -> TypeStatistics:
    """Return which types of entities the documents' relations hold between."""
    return TypeStatistics.counted(
        (label.relation, (clusters[label.head].type, clusters[label.tail].type))
        for item in documents
        for clusters in (item.document.clusters,)
        for label in item.labels
    )


def statistics_table(columns: Sequence[Statistics]) -> str:
    """Return the statistics of data sets side by side as plain text, in the form of Table 1."""
    splits = dict.fromkeys(split for column in columns for split in column.documents)
    rows: list[tuple[str, Callable[[Statistics], str]]] = [
        *((f"# {split}", _documents_of(split)) for split in splits),
        ("# relations", lambda column: f"{column.relations:,}"),
        ("entities per document", lambda column: f"{column.entities_per_document:.1f}"),
        ("mentions per entity", lambda column: f"{column.mentions_per_entity:.1f}"),
        ("# triples", lambda column: f"{column.triples:,}"),
        ("positive pairs", lambda column: f"{column.positive_share:.1%}"),
        ("# triples with evidence", lambda column: f"{column.triples_with_evidence:,}"),
    ]
    cells = [["", *(column.name for column in columns)]]
    cells += [[title, *(value(column) for column in columns)] for title, value in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    )


def _documents_of(split: str) -> Callable[[Statistics], str]:
    return lambda column: f"{column.documents[split]:,}" if split in column.documents else "-"


def _labelled_pairs(item: LabelledDocument, vocabulary: RelationVocabulary) -> int:
    types = [cluster.type for cluster in item.document.clusters]
    return sum(
        (head, tail) not in item.unjudged and vocabulary.candidate(types[head], types[tail])
        for head, tail in permutations(range(len(types)), 2)
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
