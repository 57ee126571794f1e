"""Records of files: JSONL, texts in many formats, DocRED JSON with gold mentions.

| file             | documents                                                   | id            |
|------------------|-------------------------------------------------------------|---------------|
| `.jsonl`,        | one a line: {id, text}, and perhaps title, updated_at, url, | `id`          |
| `.ndjson`        | format, or {id, "deleted": true}                            |               |
| `.json`          | DocRED format: a list of {title, sents, vertexSet}          | `title`       |
| `.txt`           | the whole file                                              | relative path |
| `.md`, `.html`,  | the whole file, as `corpus/fields/formats` reads it         | relative path |
| `.eml`, `.pdf`,  |                                                             |               |
| `.docx`          |                                                             |               |

The case of a suffix does not matter. A folder is read in the order of its files' relative paths,
sub-folders too; names that begin with a dot are left alone. Links that lead out of it are not
followed. What is no file is named in the log, and other kinds of files are counted there: they are
no records.
"""

from __future__ import annotations

import codecs
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from corpus.errors import RecordRejected, SourceRejected
from corpus.fields.formats.formatted import SUFFIXES, FormatRejected
from corpus.fields.formats.process import read_apart
from corpus.fields.texts import TextState, clean_line, clean_text, text_state
from corpus.fields.times import UNKNOWN_TIME, Times
from corpus.files.folder import Contents, contents
from corpus.files.jsonl import MAX_LINE_BYTES, lines_of, read_jsonl
from corpus.records import document_of_record, json_type, record_of
from corpus.source import Gone
from extractor.datasets.docred import document_of
from extractor.errors import DatasetRejected
from extractor.schema import Document

log = logging.getLogger(__name__)

MAX_FILE_BYTES = 256 * 1024 * 1024
"""Of a file with pictures or attachments, held as a whole."""
_WHOLE_FILE = "the file"

_Found = Document | Gone | RecordRejected


class Unreadable(RecordRejected):
    """A file, or a line of one, that does not tell which documents it holds."""

    def __init__(self, reason: str) -> None:
        super().__init__("", reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReader:
    """Reads one file, or all files in a folder.

    All methods raise `SourceRejected` when there is no such file or folder, or its kind is unknown,
    or no file in the folder is of a kind that is read.
    """

    source: str
    """Name of the source."""
    path: Path
    """A file or a folder."""
    gold: bool
    """Whether DocRED files bring their gold sentences and clusters, or raw text only."""
    times: Times = field(default_factory=Times)
    others: Counter[str] = field(default_factory=Counter)
    """Suffix -> files with it that the last reading left out."""
    attachments: Counter[str] = field(default_factory=Counter)
    """Mail -> its attachments, which are not read; reading a mail again counts none twice."""

    def files(self) -> Iterator[tuple[Path, str]]:
        """Yield each file with the name that stands in reports."""
        for path, file, problem in self._found(self._contents()):
            if problem is None:
                yield path, file

    def records(self) -> Iterator[tuple[str, str, _Found]]:
        """Yield each record with its file and its place there."""
        found = self._contents()
        self.others.clear()
        self.others.update(found.others)
        for path, file, problem in self._found(found):
            if problem is None:
                yield from self._read(path, file)
            elif isinstance(problem, Unreadable):
                yield file, _WHOLE_FILE, problem
            else:
                log.warning("%s is not read: %s", file, problem.reason)
        if unread := self.unread():
            log.warning("%s: %s", self.path, unread)

    def unread(self) -> str:
        """Say what the last reading saw and did not read; empty where it read all."""
        others, attachments = Contents(others=self.others), self.attachments.total()
        told = [_others(others)] if self.others else []
        if attachments:
            told.append(f"{attachments} attachment{'s' * (attachments > 1)} of mails not read")
        return "; ".join(told)

    def count(self) -> int:
        """Return about how many records there are."""
        return sum(_count(path) for path, _ in self.files())

    def _contents(self) -> Contents:
        """Return what the folder holds; nothing where the path is a file."""
        found = contents(self.path, _READERS) if self.path.is_dir() else Contents()
        if found.others and not found.entries:
            raise SourceRejected(f"{self.path}: {_others(found)}: give files of these kinds")
        return found

    def _found(self, found: Contents) -> Iterator[tuple[Path, str, RecordRejected | None]]:
        """Yield each file with its name, and the reason where it is not read."""
        if self.path.is_dir():
            for entry in found.entries:
                problem = None
                if entry.problem:
                    left_out = RecordRejected("", entry.problem)
                    problem = Unreadable(entry.problem) if entry.hidden else left_out
                yield self.path / entry.path, clean_line(entry.path.as_posix()), problem
        else:
            refuse_unknown_kind(self.path)
            yield self.path, clean_line(self.path.name), None

    def _read(self, path: Path, file: str) -> Iterator[tuple[str, str, _Found]]:
        try:
            for place, found in _READERS[path.suffix.lower()](self, path, file):
                yield file, place, found
        except OSError as error:
            reason = f"the file cannot be read: {error.strerror}"
            yield file, _WHOLE_FILE, Unreadable(reason)

    def _jsonl(self, path: Path, _: str) -> Iterator[tuple[str, _Found]]:
        for line in read_jsonl(path):
            place = f"line {line.number}"
            if line.problem:
                yield place, Unreadable(f"the line {line.problem}")
            else:
                yield place, self._checked(line.value)

    def _text(self, path: Path, file: str) -> Iterator[tuple[str, _Found]]:
        if path.stat().st_size > MAX_LINE_BYTES:
            yield _WHOLE_FILE, RecordRejected(file, f"is longer than {MAX_LINE_BYTES} bytes")
            return
        try:
            text = path.read_bytes().removeprefix(codecs.BOM_UTF8).decode()
        except UnicodeDecodeError as error:
            yield _WHOLE_FILE, RecordRejected(file, f"is not UTF-8 at byte {error.start + 1}")
            return
        yield _WHOLE_FILE, self._checked({"id": file, "title": path.stem, "text": text})

    def _formatted(self, path: Path, file: str) -> Iterator[tuple[str, _Found]]:
        if path.stat().st_size > MAX_FILE_BYTES:
            yield _WHOLE_FILE, RecordRejected(file, f"is longer than {MAX_FILE_BYTES} bytes")
            return
        try:
            found = read_apart(path.read_bytes(), path.suffix.lower())
        except FormatRejected as error:
            yield _WHOLE_FILE, RecordRejected(file, str(error))
            return
        self.attachments[file] = found.attachments
        title = found.title or path.stem
        record = {"id": file, "title": title, "text": found.text, "updated_at": found.updated_at}
        checked = self._checked(record)
        if isinstance(checked, Document):
            # The very text that the blocks are of: no entity of HTML in it is read once more.
            checked = replace(checked, text=found.text, blocks=found.blocks)
        yield _WHOLE_FILE, checked

    def _docred(self, path: Path, _: str) -> Iterator[tuple[str, _Found]]:
        try:
            records = json.loads(path.read_bytes().removeprefix(codecs.BOM_UTF8).decode())
        except (ValueError, RecursionError) as error:
            yield _WHOLE_FILE, Unreadable(f"is not JSON in UTF-8: {error}")
            return
        if not isinstance(records, list):
            yield _WHOLE_FILE, Unreadable("is not DocRED's format, a list of documents")
            return
        for number, record in enumerate(records, start=1):
            yield f"record {number}", self._docred_document(record)

    def _checked(self, record: object) -> _Found:
        try:
            return record_of(record, source=self.source, times=self.times)
        except RecordRejected as error:
            return error

    def _docred_document(self, record: object) -> _Found:
        if not isinstance(record, dict) or not isinstance(record.get("title"), str):
            return RecordRejected("", f"must be a DocRED object with a title: {json_type(record)}")
        title = clean_line(record["title"])
        try:
            annotated = self._annotated(record if self.gold else record | {"vertexSet": []})
            record_read = {"id": title, "title": title, "text": annotated.text}
            checked = document_of_record(record_read, source=self.source, times=self.times)
        except DatasetRejected:
            return RecordRejected(title, self._malformed(record), self._text_of(record))
        except RecordRejected as error:
            return error
        if not self.gold:
            if not annotated.blocks:
                return checked
            return replace(checked, text=clean_text(annotated.text), blocks=annotated.blocks)
        return replace(
            checked,
            text=clean_text(annotated.text),  # in which the offsets of gold mentions count
            sentences=annotated.sentences,
            blocks=annotated.blocks,
            clusters=annotated.clusters,
        )

    def _annotated(self, record: dict[str, Any]) -> Document:
        title = clean_line(record["title"])
        return document_of(record, source=self.source, identifier=title, updated_at=UNKNOWN_TIME)

    def _text_of(self, record: dict[str, Any]) -> TextState:
        """Return what has become of the text of a record that is not in DocRED's format."""
        try:
            return text_state({"text": self._annotated(record | {"vertexSet": []}).text})
        except DatasetRejected:
            return "malformed"

    def _malformed(self, record: dict[str, Any]) -> str:
        """Tell the place of what is wrong; its error quotes the record, so it is not told."""
        entities = record.get("vertexSet")
        parts: dict[str, object] = {"'sents'": []}
        if isinstance(entities, list):
            numbered = enumerate(entities, start=1)
            parts |= {f"entity {number} of 'vertexSet'": [entity] for number, entity in numbered}
        for place, part in parts.items():
            try:
                self._annotated(record | {"vertexSet": part})
            except DatasetRejected:
                return f"{place} is not in DocRED's format"
        return "'vertexSet' is not in DocRED's format"


_READERS: dict[str, Callable[[FileReader, Path, str], Iterator[tuple[str, _Found]]]] = {
    ".json": FileReader._docred,
    ".jsonl": FileReader._jsonl,
    ".ndjson": FileReader._jsonl,
    ".txt": FileReader._text,
    **dict.fromkeys(SUFFIXES, FileReader._formatted),
}


def refuse_unknown_kind(path: Path) -> None:
    """Do nothing for a path that may be a source, without looking into it.

    Raises:
        SourceRejected: There is no such file or folder, or its kind is unknown.
    """
    if path.is_dir():
        return
    if not path.exists():
        raise SourceRejected(f"no file or folder {path}: correct the source's path")
    if path.suffix.lower() not in _READERS or not path.is_file():
        kinds = ", ".join(_READERS)
        raise SourceRejected(f"{path}: unknown kind of file, give a folder or {kinds}")


def _others(found: Contents) -> str:
    number = found.others.total()
    return (
        f"{number} file{'s' * (number > 1)} of other kinds ({found.named_others()}) not read, "
        f"only {', '.join(_READERS)}"
    )


def _count(path: Path) -> int:
    """Return about how many records a file holds; one that cannot be read is reported later."""
    try:
        if path.suffix.lower() in (".jsonl", ".ndjson"):
            return lines_of(path) or 1
        if path.suffix.lower() == ".json":
            records = json.loads(path.read_bytes())
            return len(records) if isinstance(records, list) else 1
    except (OSError, ValueError, RecursionError):
        return 1
    return 1
