"""Documents of files, always read whole.

Files know nothing of time, so a source of files keeps no position: a run reads everything, and what
did not change is told by its content. All is done in constant memory, whatever the number of
documents; only a `.json` or `.txt` file is held as a whole.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from corpus.errors import RecordRejected, SourceRejected
from corpus.files.reader import FileReader, Unreadable
from corpus.records import check_source_name, document_id
from corpus.source import Gone, Page, Record, Skipped, id_of
from corpus.spill import IdTable
from extractor.batches import batched
from extractor.schema import Document

PAGE_RECORDS = 500

_State = tuple[tuple[str, int, int], ...]


class FileSource:
    """Documents of one file, or of all files in a folder.

    Ids are unique over the whole source: the first record of an id counts, whatever it says. All
    methods raise `SourceRejected` when there is no such file or folder, or its kind is unknown.

    Args:
        name: Name of the source, the first part of its documents' ids.
        path: A file or a folder.
        gold: Whether DocRED files bring their gold sentences and clusters, or raw text only.

    Raises:
        SourceRejected: The name cannot be used.
    """

    def __init__(self, name: str, path: Path, *, gold: bool = True) -> None:
        self.name = check_source_name(name)
        self._reader = FileReader(source=name, path=path, gold=gold)
        self._present: tuple[_State, IdTable] | None = None

    def pages(self, position: str) -> Generator[Page, None, None]:
        """Yield everything; there is no position."""
        with closing(IdTable()) as seen:
            for page in batched(self._records(seen), PAGE_RECORDS):
                yield Page(records=tuple(page), position="")

    def expected(self, position: str) -> int:
        """Return about how many records there are."""
        return self._reader.count()

    def fetch(self, ids: Sequence[str]) -> Iterator[Record]:
        """Yield the documents of these ids as they are now; `Gone` for those that are nowhere.

        Each call reads the files until all are found: all of them, where one is nowhere.

        Raises:
            SourceRejected: A file, or a line of one, cannot be read, and a document that was not
                found may be in it.
        """
        wanted = dict.fromkeys(ids)
        unreadable: Record | None = None
        for file, place, found in self._reader.records():
            if not wanted:
                return
            record = self._record(file, place, found)
            if (identifier := id_of(record)) in wanted:
                del wanted[identifier]
                yield record
            elif isinstance(found, Unreadable):
                unreadable = unreadable or record
        if wanted and unreadable:
            raise _unreadable(unreadable)
        for identifier in wanted:
            yield Gone(document=identifier)

    def missing(self, places: Mapping[str, str]) -> dict[str, str | None]:
        """Return the documents that are not at their place: '' for the files, None for nowhere.

        Raises:
            SourceRejected: A file, or a line of one, cannot be read, so that nobody knows what is
                in it.
        """
        present = self._ids()
        absent: dict[str, str | None] = {
            identifier: None for identifier in places if identifier not in present
        }
        elsewhere = {identifier: "" for identifier, index in places.items() if index}
        return elsewhere | absent

    def unread(self) -> str:
        """Say what the last reading saw and did not read; empty where it read all."""
        return self._reader.unread()

    def close(self) -> None:
        """Forget the ids that `missing` has collected."""
        if self._present:
            self._present[1].close()
            self._present = None

    def _records(self, seen: IdTable) -> Iterator[Record]:
        for file, place, found in self._reader.records():
            record = self._record(file, place, found)
            identifier = id_of(record)
            if identifier and not seen.add(identifier):
                yield Skipped(
                    source=file,
                    place=place,
                    document=identifier,
                    reason="duplicate id: the first record with it counts",
                    duplicate=True,
                )
            else:
                yield record

    def _record(self, file: str, place: str, found: Document | Gone | RecordRejected) -> Record:
        if not isinstance(found, RecordRejected):
            return found
        known = document_id(self.name, found.identifier) if found.identifier else ""
        return Skipped(
            source=file, place=place, document=known, reason=found.reason, text=found.text
        )

    def _ids(self) -> IdTable:
        """Return the ids of all documents, collected anew when a file has changed."""
        state = tuple(
            (file, status.st_size, status.st_mtime_ns)
            for path, file in self._reader.files()
            for status in (path.stat(),)
        )
        if self._present and self._present[0] == state:
            return self._present[1]
        self.close()
        with closing(IdTable()) as seen:
            present = IdTable()
            for file, place, found in self._reader.records():
                record = self._record(file, place, found)
                if isinstance(found, Unreadable):
                    present.close()
                    raise _unreadable(record)
                identifier = id_of(record)
                if identifier and seen.add(identifier) and not isinstance(record, Gone):
                    present.add(identifier)
        self._present = (state, present)
        return present


def _unreadable(record: Record) -> SourceRejected:
    assert isinstance(record, Skipped)
    return SourceRejected(
        f"{record.source}, {record.place}: {record.reason}; nobody can tell which of its "
        f"documents are gone: correct the file, or remove it"
    )
