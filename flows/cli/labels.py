"""`factloom export-corrections`: what people said of edges, as files to train on."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from extractor.files import whole_file
from flows.errors import CorrectionsRejected
from flows.retrain.labels import with_texts
from graph.export.labels import DocumentLabels, LabelsLeftOut, document_labels, verdicts_of

if TYPE_CHECKING:
    from corpus.source import DocumentSource
    from extractor.schema import Document
    from graph.model.records import Correction
    from graph.reading.queries import Read

COLUMNS = ("document", "head", "relation", "tail", "verdict")


@dataclass(slots=True, kw_only=True)
class LabelFiles:
    """What was written, counted while it is."""

    rows: Counter[str] = field(default_factory=Counter)
    """Verdict -> rows of the CSV."""
    documents: int = 0
    left_out: LabelsLeftOut = field(default_factory=LabelsLeftOut)
    changed: list[str] = field(default_factory=list)
    """Documents left out, as the source has them no more, or in another version."""


def write_labels(
    read: Read, corrections: Iterable[Correction], file: Path, *, source: str | None = None
) -> LabelFiles:
    """Write a CSV of the corrected edges, on the documents that are evidence of them.

    Args:
        read: Runs one of the graph's statements.
        corrections: All that the graph has.
        file: The CSV: what `factloom train` reads as --data.
        source: Only documents of this source.

    Raises:
        CorrectionsRejected: the documents are of several sources, and none was chosen.
    """
    files = LabelFiles()
    labels = document_labels(read, verdicts_of(corrections), files.left_out, source=source)
    with whole_file(file) as draft, _written(draft) as stream:
        _write_csv(stream, _of_one_source(labels), files)
    return files


def write_labels_and_documents(
    read: Read,
    corrections: Iterable[Correction],
    file: Path,
    documents: Path,
    source: DocumentSource,
) -> LabelFiles:
    """Write the CSV, and the documents that it labels with the mentions that the graph has.

    Args:
        read: Runs one of the graph's statements.
        corrections: All that the graph has.
        file: The CSV: what `factloom train` reads as --data.
        documents: JSONL: what it reads as --documents.
        source: Has the documents.
    """
    files = LabelFiles()
    verdicts = verdicts_of(corrections)
    labels = document_labels(read, verdicts, files.left_out, source=source.name)
    with (
        whole_file(file) as csv_draft,
        whole_file(documents) as jsonl_draft,
        _written(csv_draft) as rows,
        _written(jsonl_draft) as lines,
    ):

        def known() -> Iterator[DocumentLabels]:
            for each, document in with_texts(source, labels):
                if document is None:
                    files.changed.append(each.id)
                else:
                    lines.write(f"{_line(each, document)}\n")
                    yield each

        _write_csv(rows, known(), files)
    return files


def _of_one_source(labels: Iterable[DocumentLabels]) -> Iterator[DocumentLabels]:
    first = None
    for document in labels:
        first = first or document.source
        if document.source != first:
            raise CorrectionsRejected(
                f"people corrected documents of the sources {first} and {document.source}, whose "
                "own ids may meet: choose one with --source"
            )
        yield document


def _write_csv(stream: TextIO, labels: Iterable[DocumentLabels], files: LabelFiles) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for document in labels:
        own_id = document.id.removeprefix(f"{document.source}:")
        names = {entity.id: entity.name for entity in document.entities}
        rows = [row for row in document.rows if names[row.head] and names[row.tail]]
        writer.writerows(
            (own_id, names[row.head], row.relation, names[row.tail], row.verdict) for row in rows
        )
        files.left_out.unclear += len(document.rows) - len(rows)
        files.rows.update(row.verdict for row in rows)
        files.documents += bool(rows)


def _line(labels: DocumentLabels, document: Document) -> str:
    mentions: list[dict[str, Any]] = [
        {"start": start, "end": end, "type": entity.type, "entity": entity.id}
        for entity in labels.entities
        for start, end in zip(entity.spans[::2], entity.spans[1::2], strict=True)
    ]
    record = {
        "id": labels.id.removeprefix(f"{labels.source}:"),
        "title": document.title,
        "text": document.text,
        "mentions": mentions,
    }
    return json.dumps(record, ensure_ascii=False)


def _written(draft: Path) -> TextIO:
    return draft.open("w", encoding="utf-8", newline="")
