"""The official DocRED submission file: what a model asserts of documents without public labels."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from extractor.datasets.docred import Triple
from extractor.errors import DatasetRejected
from extractor.files import whole_file
from extractor.schema import Document


def write_submission(
    path: Path, documents: Sequence[Document], asserted: Mapping[Triple, Sequence[int]]
) -> None:
    """Write a list of {title, h_idx, t_idx, r, evidence}, whole or not at all.

    Args:
        documents: with their gold sentences and clusters, as the organisers give them.
        asserted: each asserted triple, and its evidence sentences by index.

    Raises:
        DatasetRejected: two documents have one title, or a document has none: the official scorer
            knows documents by title.
        ValueError: a triple or an evidence sentence that its document does not have.
    """
    counts = Counter(document.title for document in documents)
    unfit = next((title for title, count in counts.items() if count > 1 or not title), None)
    if unfit is not None:
        raise DatasetRejected(
            f"{counts[unfit]} documents have the title {unfit!r}: a submission needs titles that "
            "are given and unique"
        )
    rows = [
        _row(documents, triple, evidence)
        for triple, evidence in sorted(asserted.items(), key=lambda item: item[0])
    ]
    with whole_file(path) as draft:
        draft.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _row(
    documents: Sequence[Document], triple: Triple, evidence: Sequence[int]
) -> dict[str, object]:
    index, head, relation, tail = triple
    if not 0 <= index < len(documents):
        raise ValueError(f"triple {triple}: there are {len(documents)} documents")
    document = documents[index]
    clusters, sentences = range(len(document.clusters)), range(len(document.sentences))
    if head not in clusters or tail not in clusters or head == tail:
        raise ValueError(
            f"triple {triple}: {document.title!r} has {len(clusters)} entities, and head and tail "
            "must be two of them"
        )
    if not all(sentence in sentences for sentence in evidence):
        raise ValueError(
            f"triple {triple}: evidence {list(evidence)} is not among the {len(sentences)} "
            f"sentences of {document.title!r}"
        )
    return {
        "title": document.title,
        "h_idx": int(head),
        "t_idx": int(tail),
        "r": relation,
        "evidence": sorted({int(sentence) for sentence in evidence}),
    }
