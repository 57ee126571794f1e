"""Documents from files: JSONL records, plain texts, DocRED JSON with gold mentions.

| file     | documents                                                   | id            |
|----------|-------------------------------------------------------------|---------------|
| `.jsonl` | one a line: {id, text}, and perhaps title, updated_at, url  | `id`          |
| `.json`  | DocRED format: a list of {title, sents, vertexSet}          | `title`       |
| `.txt`   | the whole file                                              | relative path |

A folder is read in the order of its files' relative paths, sub-folders too; names that begin with
a dot and other kinds of files are left alone. JSONL is read in constant memory, but for one digest
an id: ids are unique over the whole source, and the first record of an id is kept.
"""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from corpus.errors import RecordRejected, SourceRejected
from corpus.jsonl import MAX_LINE_BYTES, read_jsonl
from corpus.records import (
    UNKNOWN_TIME,
    Skipped,
    check_source_name,
    clean_line,
    clean_text,
    document_id,
    document_of_record,
    json_type,
)
from extractor.errors import DatasetRejected
from extractor.labelled.docred import document_of
from extractor.schema import Document


class FileSource:
    """Documents of one file, or of all files in a folder.

    Args:
        name: Name of the source, the first part of its documents' ids.
        path: A file or a folder.
        gold: Whether DocRED files bring their gold sentences and clusters, or raw text only.

    Raises:
        SourceRejected: The name cannot be used.
    """

    def __init__(self, name: str, path: Path, *, gold: bool = True) -> None:
        self.name = check_source_name(name)
        self._path = path
        self._gold = gold

    def read(self, *, limit: int | None = None) -> Iterator[Document | Skipped]:
        """Yield the documents, `limit` at most, and what was skipped on the way.

        Raises:
            SourceRejected: There is no such file or folder, or its kind is unknown.
        """
        seen: set[bytes] = set()
        for file, place, found in self._records():
            if limit is not None and len(seen) >= limit:
                return
            if isinstance(found, RecordRejected):
                known = document_id(self.name, found.identifier) if found.identifier else ""
                yield Skipped(source=file, place=place, document=known, reason=found.reason)
                continue
            digest = hashlib.blake2b(found.id.encode(), digest_size=16).digest()
            if digest in seen:
                reason = "duplicate id: the first record with it was kept"
                yield Skipped(source=file, place=place, document=found.id, reason=reason)
                continue
            seen.add(digest)
            yield found

    def _records(self) -> Iterator[tuple[str, str, Document | RecordRejected]]:
        for path, file in self._files():
            try:
                for place, found in _READERS[path.suffix](self, path, file):
                    yield file, place, found
            except OSError as error:
                reason = f"the file cannot be read: {error.strerror}"
                yield file, "the file", RecordRejected("", reason)

    def _files(self) -> Iterator[tuple[Path, str]]:
        """Yield each file with the name that stands in reports."""
        if self._path.is_dir():
            relative = sorted(
                path.relative_to(self._path)
                for path in self._path.rglob("*")
                if path.suffix in _READERS and path.is_file()
            )
            for path in relative:
                if not any(part.startswith(".") for part in path.parts):
                    yield self._path / path, clean_line(path.as_posix())
        elif not self._path.exists():
            raise SourceRejected(f"no file or folder {self._path}: correct the source's path")
        elif self._path.suffix not in _READERS:
            kinds = ", ".join(_READERS)
            raise SourceRejected(f"{self._path}: unknown kind of file, give a folder or {kinds}")
        else:
            yield self._path, clean_line(self._path.name)

    def _read_jsonl(self, path: Path, _: str) -> Iterator[tuple[str, Document | RecordRejected]]:
        for line in read_jsonl(path):
            place = f"line {line.number}"
            if line.problem:
                yield place, RecordRejected("", f"the line {line.problem}")
            else:
                yield place, self._document(line.value)

    def _read_text(self, path: Path, file: str) -> Iterator[tuple[str, Document | RecordRejected]]:
        if path.stat().st_size > MAX_LINE_BYTES:
            yield "the file", RecordRejected(file, f"is longer than {MAX_LINE_BYTES} bytes")
            return
        try:
            text = path.read_bytes().removeprefix(codecs.BOM_UTF8).decode()
        except UnicodeDecodeError as error:
            yield "the file", RecordRejected(file, f"is not UTF-8 at byte {error.start + 1}")
            return
        yield "the file", self._document({"id": file, "title": path.stem, "text": text})

    def _read_docred(self, path: Path, _: str) -> Iterator[tuple[str, Document | RecordRejected]]:
        try:
            records = json.loads(path.read_bytes().removeprefix(codecs.BOM_UTF8).decode())
        except (ValueError, RecursionError) as error:
            yield "the file", RecordRejected("", f"is not JSON in UTF-8: {error}")
            return
        if not isinstance(records, list):
            yield "the file", RecordRejected("", "is not DocRED's format, a list of documents")
            return
        for number, record in enumerate(records, start=1):
            yield f"record {number}", self._docred_document(record)

    def _document(self, record: object) -> Document | RecordRejected:
        try:
            return document_of_record(record, source=self.name)
        except RecordRejected as error:
            return error

    def _docred_document(self, record: object) -> Document | RecordRejected:
        if not isinstance(record, dict) or not isinstance(record.get("title"), str):
            return RecordRejected("", f"must be a DocRED object with a title: {json_type(record)}")
        title = clean_line(record["title"])
        try:
            annotated = document_of(
                record if self._gold else record | {"vertexSet": []},
                source=self.name,
                identifier=title,
                updated_at=UNKNOWN_TIME,
            )
            checked = document_of_record(
                {"id": title, "title": title, "text": annotated.text}, source=self.name
            )
        except DatasetRejected as error:
            return RecordRejected(title, clean_text(str(error)))
        except RecordRejected as error:
            return error
        if not self._gold:
            return checked
        return replace(checked, sentences=annotated.sentences, clusters=annotated.clusters)


_READERS = {
    ".json": FileSource._read_docred,
    ".jsonl": FileSource._read_jsonl,
    ".txt": FileSource._read_text,
}
