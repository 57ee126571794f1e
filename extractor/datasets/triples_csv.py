"""A user's own relations: CSV of (document, head, relation, tail) -> labelled documents.

Heads and tails are names, compared without case, diacritics and punctuation. In a document that
brings its clusters they are those of its mentions. In a document without any, the occurrences of
the names become the mentions; a second file, CSV of (document, name, type) with aliases separated
by '|', names the entities that no row relates, and those with several names.

A file with a column `verdict` judges only the pairs that its rows name: that is what people's
corrections of a graph are (`factloom export-corrections`). Nothing is said of any other pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

from extractor.datasets.csv_rows import Row, read_rows
from extractor.datasets.docred import Label, LabelledDocument
from extractor.datasets.named_entities import clusters_of_names
from extractor.datasets.own_documents import id_in_source
from extractor.errors import DatasetRejected
from extractor.names import fold_name, mentioned_name
from extractor.relations import RelationVocabulary
from extractor.schema import Document

TRIPLE_COLUMNS = ("document", "head", "relation", "tail")
ENTITY_COLUMNS = ("document", "name", "type")
VERDICT = "verdict"
HOLDS = {"confirmed": True, "asserted": True, "rejected": False}
"""Verdict -> whether the row's relation holds; 'asserted' is the model's own word, uncorrected."""
PROBLEMS_SHOWN = 10


def read_triples(
    path: Path,
    *,
    documents: Sequence[Document],
    vocabulary: RelationVocabulary,
    entities: Path | None = None,
) -> list[LabelledDocument]:
    """Return all documents, labelled with the rows of a CSV file.

    Between two entities that no row relates, no relation holds: a document without rows is
    labelled too. With a column `verdict`, such pairs are unjudged, and such documents left out.

    Raises:
        DatasetRejected: a file cannot be read, or rows cannot be used (an unknown document or
            relation, a name that is not in its document, types that do not fit); the message lists
            the first of them with their lines.
    """
    problems: list[str] = []
    rows = read_rows(path, TRIPLE_COLUMNS, problems, optional=[VERDICT])
    has_verdicts = any(VERDICT in row.cells for row in rows)
    named = read_rows(entities, ENTITY_COLUMNS, problems) if entities else []
    known = {id_in_source(document) for document in documents}
    problems += [
        f"{row.place}: no document has the id {row['document']!r}"
        for row in (*named, *rows)
        if row["document"] not in known
    ]
    rows_of, named_of = _by_document(rows), _by_document(named)
    labelled = [
        _labelled_document(document, rows_of[own], named_of[own], vocabulary, problems)
        for document in documents
        for own in (id_in_source(document),)
        if rows_of[own] or not has_verdicts
    ]
    if problems:
        more = len(problems) - PROBLEMS_SHOWN
        raise DatasetRejected(
            "\n  ".join(
                [f"{len(problems)} problems in {path.name}:", *problems[:PROBLEMS_SHOWN]]
                + ([f"and {more} more"] if more > 0 else [])
            )
        )
    return labelled


def _by_document(rows: Sequence[Row]) -> defaultdict[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["document"]].append(row)
    return grouped


def _labelled_document(
    document: Document,
    rows: Sequence[Row],
    named: Sequence[Row],
    vocabulary: RelationVocabulary,
    problems: list[str],
) -> LabelledDocument:
    if not document.clusters:
        clusters = clusters_of_names(document.text, rows, named, vocabulary, problems)
        document = replace(document, clusters=clusters)
    elif named:
        problems.append(f"{named[0].place}: the document brings its own mentions: leave it out")
    clusters_named: defaultdict[str, set[int]] = defaultdict(set)
    for index, cluster in enumerate(document.clusters):
        for mention in cluster.mentions:
            clusters_named[fold_name(mentioned_name(document.text, mention))].add(index)
    stated: dict[Label, Row] = {}
    for row in rows:
        try:
            label = _label(row, document, clusters_named, vocabulary)
            if _holds(row) != _holds(stated.setdefault(label, row)):
                raise ValueError(f"the opposite of {stated[label].place}")
        except ValueError as error:
            problems.append(f"{row.place}: {error}")
    return LabelledDocument(
        document=document,
        labels=tuple(label for label, row in stated.items() if _holds(row)),
        unjudged=_unjudged(len(document.clusters), stated),
    )


def _holds(row: Row) -> bool:
    """Return whether the relation of a row holds.

    Raises:
        ValueError: there is no such verdict.
    """
    verdict = row.cells.get(VERDICT, "confirmed")
    if verdict not in HOLDS:
        raise ValueError(f"verdict {verdict!r} is none of {', '.join(HOLDS)}")
    return HOLDS[verdict]


def _unjudged(clusters: int, stated: Mapping[Label, Row]) -> frozenset[tuple[int, int]]:
    """Return the pairs that rows with verdicts say nothing of; other rows speak for all pairs."""
    if not any(VERDICT in row.cells for row in stated.values()):
        return frozenset()
    labelled = {(label.head, label.tail) for label in stated}
    return frozenset(pair for pair in permutations(range(clusters), 2) if pair not in labelled)


def _label(
    row: Row,
    document: Document,
    clusters_named: Mapping[str, set[int]],
    vocabulary: RelationVocabulary,
) -> Label:
    """Return the label that a row states.

    Raises:
        ValueError: the row cannot be used.
    """
    relation, types = row["relation"], [cluster.type for cluster in document.clusters]
    if relation not in vocabulary.ids:
        raise ValueError(f"relation {relation!r} is not in the vocabulary")
    heads, tails = (clusters_named.get(fold_name(row[end]), set()) for end in ("head", "tail"))
    for end, found in (("head", heads), ("tail", tails)):
        if not found:
            raise ValueError(f"{row[end]!r} is not found in document {row['document']!r}")
    pairs = [(head, tail) for head in heads for tail in tails if head != tail]
    if not pairs:
        raise ValueError("head and tail are the same entity")
    fitting = [ends for ends in pairs if vocabulary.admits(relation, *(types[n] for n in ends))]
    if not fitting:
        head, tail = pairs[0]
        raise ValueError(f"relation {relation!r} does not hold from {types[head]} to {types[tail]}")
    if len(fitting) > 1:
        raise ValueError(f"{row['head']!r} or {row['tail']!r} names several entities")
    ((head, tail),) = fitting
    return Label(head=head, relation=relation, tail=tail)
