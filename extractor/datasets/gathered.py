"""Labelled documents as they are, one JSON object a line: what `retrain` gathered, kept on disk.

A training that is killed goes on with the very documents that it began with, whatever the graph and
the files say by then. Unlike DocRED's format, it keeps unjudged pairs and corrections.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import permutations
from pathlib import Path
from typing import Any

from extractor.datasets.docred import Label, LabelledDocument, read_block
from extractor.errors import DatasetRejected
from extractor.files import whole_file
from extractor.schema import Cluster, Document, Mention, Span


def write_gathered(path: Path, documents: Iterable[LabelledDocument]) -> None:
    """Write labelled documents; the file appears when all of it is written."""
    with whole_file(path) as draft, draft.open("w", encoding="utf-8") as file:
        for item in documents:
            file.write(f"{json.dumps(_record(item), ensure_ascii=False)}\n")


def read_gathered(path: Path) -> list[LabelledDocument]:
    """Read what `write_gathered` wrote.

    Raises:
        DatasetRejected: the file is missing or malformed; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError) as error:
        raise DatasetRejected(f"cannot read {path}: {error}") from error
    documents = []
    for number, line in enumerate(lines, start=1):
        if line:
            try:
                documents.append(_item(json.loads(line)))
            except (KeyError, TypeError, ValueError) as error:
                raise DatasetRejected(f"{path}, line {number}: {error!r}") from error
    return documents


def _record(item: LabelledDocument) -> dict[str, Any]:
    document = item.document
    record = {
        "id": document.id,
        "source": document.source,
        "title": document.title,
        "text": document.text,
        "updated_at": document.updated_at,
        "sentences": [[span.start, span.end] for span in document.sentences],
        "clusters": [
            [cluster.type, [[each.start, each.end, each.type] for each in cluster.mentions]]
            for cluster in document.clusters
        ],
        "labels": [[each.head, each.relation, each.tail, each.evidence] for each in item.labels],
        "corrected": item.corrected,
    }
    if document.blocks:
        record["blocks"] = [[b.start, b.end, b.kind, b.group, b.line] for b in document.blocks]
    if item.optional:
        record["optional"] = sorted(item.optional)
    if item.unjudged:
        record["judged"] = sorted(item.labelled_pairs)
    return record


def _item(record: Mapping[str, Any]) -> LabelledDocument:
    document = Document(
        **{name: record[name] for name in ("id", "source", "title", "text", "updated_at")},
        sentences=tuple(Span(start=start, end=end) for start, end in record["sentences"]),
        blocks=tuple(map(read_block, record.get("blocks", ()))),
        clusters=tuple(
            Cluster(
                type=type_, mentions=tuple(Mention(start=s, end=e, type=t) for s, e, t in mentions)
            )
            for type_, mentions in record["clusters"]
        ),
    )
    optional = record.get("optional", ())
    pairs = frozenset(permutations(range(len(document.clusters)), 2))
    labelled = {(head, tail) for head, tail in record["judged"]} if "judged" in record else pairs
    return LabelledDocument(
        document=document,
        labels=tuple(
            Label(head=head, relation=relation, tail=tail, evidence=tuple(evidence))
            for head, relation, tail, evidence in record["labels"]
        ),
        unjudged=pairs - labelled,
        optional=frozenset((head, relation, tail) for head, relation, tail in optional),
        corrected=record["corrected"],
    )
