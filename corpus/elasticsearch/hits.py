"""A hit of the user's own index becomes a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from corpus.elasticsearch.point_in_time import UNREAD, Content, Hit
from corpus.errors import RecordRejected, SourceRejected
from corpus.fields.texts import TextState, clean_line
from corpus.fields.times import Times
from corpus.records import document_id, marks_deletion, own_id, record_of
from corpus.source import Gone, Record, Skipped

OWN_ID = "_id"
FIELDS: Mapping[str, str] = {
    "id": OWN_ID,
    "title": "title",
    "text": "text",
    "updated_at": "updated_at",
    "url": "url",
    "deleted": "",
}
"""Our names of a record's fields -> theirs in the user's own index; dots lead into objects, and
'_id' is the record's id in its index. `text` may name several, separated by commas. `deleted` says
that the record is deleted, if it holds anything but false; empty: there is none."""
_ABSENT = object()


class HitReader:
    """Reads hits of a source by the names of its fields, in place of those of `FIELDS`.

    Args:
        source: Name of the source.
        fields: Our names of fields -> those of the index, where they are not `FIELDS`.
        text_format: What the text is: 'text', 'html' or 'markdown'.
    """

    def __init__(
        self, source: str, fields: Mapping[str, str], *, text_format: str = "text"
    ) -> None:
        self._source = source
        self._format = text_format
        self.names = {**FIELDS, **fields}
        self._fields = {field: name for field, name in self.names.items() if name}
        self._times = Times()
        self.id_field = self.names["id"]
        self.time_field = self.names["updated_at"]
        self.texts = [name.strip() for name in self._fields["text"].split(",")]
        """Names of the fields that together are the text."""
        others = (name for field, name in self._fields.items() if field != "text")
        self.wanted = self._content([*others, *self.texts])
        """What reading needs."""
        marks = (self.id_field, self.names["deleted"])
        self.identifying = self._content(name for name in marks if name)
        """What says which document this is, and whether it is deleted."""

    def identifier(self, hit: Hit) -> str:
        """Return the document's own id, empty where there is no good one."""
        try:
            return _exact_id(self._id_of(hit))
        except ValueError:
            return ""

    def record(self, hit: Hit) -> Record:
        """Return what the hit holds."""
        if UNREAD in hit:
            identifier = self.identifier(hit)
            return skipped(hit, self.document(identifier) if identifier else "", hit[UNREAD])
        if "_source" not in hit:
            raise SourceRejected(
                f"{hit['_index']} gives its records without _source, which holds their texts: "
                "is _source disabled in its mapping? Index the documents anew with _source"
            )
        source = hit["_source"]
        values = {field: value_at(source, name) for field, name in self._fields.items()}
        values["text"] = _joined([value_at(source, name) for name in self.texts])
        values["id"] = self._id_of(hit)
        values["format"] = self._format
        values["updated_at"] = hit.get("fields", {}).get(self.time_field, values["updated_at"])
        record = {field: value for field, value in values.items() if value is not _ABSENT}
        try:
            found = record_of(record, source=self._source, times=self._times)
            _exact_id(record["id"])
        except ValueError as error:
            return skipped(hit, "", f"field 'id' {error}")
        except RecordRejected as error:
            identifier = self.identifier(hit)  # the exact one, or another document is meant
            known = self.document(identifier) if identifier else ""
            reason = "; ".join([error.reason, *self._renamed(error.reason)])
            return skipped(hit, known, reason, text=error.text)
        return found if isinstance(found, Gone) else replace(found, index=hit["_index"])

    def is_live(self, hit: Hit) -> bool:
        """Tell whether the hit is not marked as deleted."""
        deleted = self._fields.get("deleted")
        value = value_at(hit.get("_source", {}), deleted) if deleted else _ABSENT
        return value is _ABSENT or not marks_deletion(value)

    def document(self, identifier: str) -> str:
        """Return the id under which the graph knows a document."""
        return document_id(self._source, identifier)

    def _id_of(self, hit: Hit) -> object:
        if self.id_field == OWN_ID:
            return hit["_id"]
        return value_at(hit.get("_source") or hit.get("fields", {}), self.id_field)

    def _content(self, names: Iterable[str]) -> Content:
        return Content(
            fields=[name for name in names if name != OWN_ID],
            id_field="" if self.id_field == OWN_ID else self.id_field,
        )

    def _renamed(self, reason: str) -> list[str]:
        return [
            f"{field!r} is read from {name!r}"
            for field, name in self._fields.items()
            if field != name and f"field {field!r}" in reason
        ]


def skipped(
    hit: Hit, document: str, reason: str, *, duplicate: bool = False, text: TextState = "there"
) -> Skipped:
    """Report a hit."""
    return Skipped(
        source=hit["_index"],
        place=clean_line(hit["_id"]),
        document=document,
        reason=reason,
        duplicate=duplicate,
        index=hit["_index"],
        text=text,
    )


def _exact_id(value: object) -> str:
    """Return an id by which Elasticsearch finds the record again.

    Raises:
        ValueError: It is no id, or blanks around it would get lost.
    """
    identifier = own_id(value)
    if identifier != str(value):
        raise ValueError("begins or ends with blanks, so that it cannot be looked up")
    return identifier


def value_at(source: Mapping[str, Any], path: str) -> object:
    """Return the value at a dotted path, however the record nests it; a list of one is its item.

    As in Elasticsearch, a field of objects in a list has the values of all of them.
    """
    if path in source:
        return _only(source[path])
    for dot in (place for place, character in enumerate(path) if character == "."):
        inner = source.get(path[:dot])
        objects = [each for each in _listed(inner) if isinstance(each, Mapping)]
        found = [value_at(each, path[dot + 1 :]) for each in objects]
        values = [_listed(value) for value in found if value is not _ABSENT]
        if values:
            return _only([each for several in values for each in several])
    return _ABSENT


def _joined(texts: Sequence[object]) -> object:
    """Return the paragraphs of all fields that a record has; of one field, what it holds."""
    there = [text for text in texts if text is not _ABSENT]
    if len(texts) == 1 or not there:
        return texts[0]
    return [each for text in there for each in _listed(text)]


def _only(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
