"""Files as a user has them, and what is read from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus.files.source import FileSource
from corpus.source import DocumentSource, Record, Skipped
from extractor.schema import Document

DOCRED: dict[str, Any] = {
    "title": "Ada Lovelace",
    "sents": [["Ada", "Lovelace", "was", "born", "."], ["She", "lived", "in", "London", "."]],
    "vertexSet": [
        [{"name": "Ada Lovelace", "pos": [0, 2], "sent_id": 0, "type": "PER"}],
        [{"name": "London", "pos": [3, 4], "sent_id": 1, "type": "LOC"}],
    ],
    "labels": [],
}


def line(identifier: object, text: object = "Ada was born.", **fields: Any) -> str:
    return json.dumps({"id": identifier, "text": text, **fields})


def write(path: Path, *lines: str | bytes, end: bytes = b"\n") -> Path:
    path.write_bytes(b"".join((x.encode() if isinstance(x, str) else x) + end for x in lines))
    return path


def records(source: DocumentSource) -> list[Record]:
    return [record for page in source.pages("") for record in page.records]


def read(path: Path, **options: Any) -> tuple[list[Document], list[Skipped]]:
    documents: list[Document] = []
    skipped: list[Skipped] = []
    for found in records(FileSource("wiki", path, **options)):
        if isinstance(found, Document):
            documents.append(found)
        else:
            assert isinstance(found, Skipped)
            skipped.append(found)
    return documents, skipped
