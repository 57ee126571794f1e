"""A user's own documents for training: JSONL of {id, title, text, mentions}, the last optional.

A mention is {start, end, type, entity}: offsets in Unicode code points, and any name for the entity
that it stands for, the same for all mentions of one entity of the document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from extractor.datasets.docred import UNDATED
from extractor.errors import DatasetRejected
from extractor.schema import Cluster, Document, Mention

SOURCE = "own"


def read_documents(path: Path) -> list[Document]:
    """Read documents, with clusters where they bring mentions; no title means the id.

    Raises:
        DatasetRejected: the file is missing or malformed, or an id comes twice; the message names
            the line.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise DatasetRejected(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise DatasetRejected(f"{path} is not UTF-8: {error}") from error
    documents: dict[str, Document] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            document = _document(json.loads(line))
            if document.id in documents:
                raise ValueError(f"a second document with the id {id_in_source(document)!r}")
        except (ValueError, RecursionError) as error:
            raise DatasetRejected(f"{path}, line {number}: {error}") from error
        documents[document.id] = document
    return list(documents.values())


def id_in_source(document: Document) -> str:
    """Return the id that a document has in its source."""
    return document.id.removeprefix(f"{document.source}:")


def _document(record: object) -> Document:
    if not isinstance(record, dict):
        raise ValueError("a document is an object with id, title and text")
    if isinstance(record.get("id"), int) and not isinstance(record["id"], bool):
        record = record | {"id": str(record["id"])}
    identifier, text = _string(record, "id").strip(), _string(record, "text")
    return Document(
        id=f"{SOURCE}:{identifier}",
        source=SOURCE,
        title=_string(record, "title") if record.get("title") else identifier,
        text=text,
        updated_at=UNDATED,
        clusters=_clusters(record.get("mentions", []), text),
    )


def _clusters(records: object, text: str) -> tuple[Cluster, ...]:
    """Return the clusters in the order of the file; most mentions of an entity say its type."""
    if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
        raise ValueError("'mentions' must be a list of objects with start, end, type and entity")
    entities: dict[str, dict[tuple[int, int], Mention]] = {}
    for record in records:
        start, end = record.get("start"), record.get("end")
        if not isinstance(start, int) or not isinstance(end, int) or not start < end <= len(text):
            raise ValueError(
                f"mention {start!r}-{end!r} is not a span of the text's {len(text)} characters"
            )
        mention = Mention(start=start, end=end, type=_string(record, "type"))
        entities.setdefault(_string(record, "entity"), {})[start, end] = mention
    return tuple(
        Cluster.of([mentions[span] for span in sorted(mentions)]) for mentions in entities.values()
    )


def _string(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"field {key!r} must be a string that is not empty, found {value!r}")
    return value
