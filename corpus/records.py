"""An untrusted record becomes a `Document`, or a `Skipped` that says why not.

Rules that every source shares:

* HTML's entities are read as their characters ('Ren&eacute;' is 'René'), so the text that is
  stored, in which offsets count, is the unescaped one. Else text is never shortened or shifted: a
  lone surrogate becomes U+FFFD, a control character other than tab and line breaks a blank.
* A time that is missing or cannot be read is unknown (`times`); the document is read all the same.
* A text that is a list of paragraphs is these, with an empty line between each two.
* A text that its record, or its source, says to be HTML or Markdown is what is seen of it.
"""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from corpus.errors import RecordRejected, SourceRejected
from corpus.fields.characters import unescaped
from corpus.fields.formats.formatted import FormatRejected, Formatted
from corpus.fields.formats.process import read_apart
from corpus.fields.texts import clean_line, clean_text, is_blank, paragraphs, text_state
from corpus.fields.times import Times
from corpus.source import Gone
from extractor.schema import MAX_ID_CHARACTERS, Document

MAX_ID_BYTES = 512
"""Elasticsearch's own limit for `_id`."""
MAX_NAME_CHARACTERS = MAX_ID_CHARACTERS - len(":") - MAX_ID_BYTES
"""Of a source, so that every id that is read can be written."""

_JSON_TYPES = {
    "NoneType": "null",
    "bool": "true or false",
    "dict": "an object",
    "float": "a number",
    "int": "a number",
    "list": "a list",
    "str": "a string",
}


FORMATS = {"html": ".html", "markdown": ".md"}
"""What a record's `format` may say of its text; anything else says nothing."""
_FALSE = frozenset({"", "false", "f", "no", "n", "off", "null", "none"})
_ZERO = re.compile(r"[+-]?0*\.?0+|0+\.")


def json_type(value: object) -> str:
    """Name a decoded JSON value's type as a person would."""
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return "a list of objects"
    return _JSON_TYPES.get(type(value).__name__, type(value).__name__)


def own_id(value: object) -> str:
    """Return a record's id as its source knows it.

    Raises:
        ValueError: The value is no string or whole number, or nothing that an id can be.
    """
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError(f"must be a string or a whole number, found {json_type(value)}")
    identifier = str(value).strip()
    if not identifier:
        raise ValueError("is empty")
    if clean_text(identifier) != identifier or len(identifier.splitlines()) > 1:
        raise ValueError("holds line breaks or characters that cannot be stored")
    if len(identifier.encode()) > MAX_ID_BYTES:
        raise ValueError(f"is longer than {MAX_ID_BYTES} bytes")
    return identifier


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"must be a string, found {json_type(value)}")
    return value


def _text(value: object) -> str:
    found = paragraphs(value)
    if not isinstance(found, str):
        raise ValueError(f"must be a string or a list of paragraphs, found {json_type(value)}")
    text = clean_text(unescaped(found))
    if is_blank(text):
        raise ValueError("is empty")
    return text


def _optional_line(value: object) -> str:
    return "" if value is None else clean_line(_string(value))


def _title(value: object) -> str:
    return "" if value is None else clean_line(unescaped(_string(value)))


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Annotated[str, BeforeValidator(own_id)]
    text: Annotated[str, BeforeValidator(_text)]
    title: Annotated[str, BeforeValidator(_title)] = ""
    updated_at: Any = None
    url: Annotated[str, BeforeValidator(_optional_line)] = ""
    format: Any = None


def document_of_record(record: object, *, source: str, times: Times) -> Document:
    """Return the document that a decoded record holds.

    Raises:
        RecordRejected: A field is missing or wrong.
    """
    if not isinstance(record, dict):
        raise RecordRejected("", f"must be an object with id and text, found {json_type(record)}")
    try:
        checked = _Record.model_validate(record)
    except ValidationError as error:
        raise RecordRejected(readable_id(record), reason_of(error), text_state(record)) from None
    identifier = document_id(source, checked.id)
    found = _formatted(checked, record["text"])
    return Document(
        id=identifier,
        source=source,
        title=checked.title or found.title,
        text=found.text,
        updated_at=times.of(checked.updated_at or found.updated_at, identifier),
        url=checked.url,
        blocks=found.blocks,
    )


def _formatted(record: _Record, text: object) -> Formatted:
    """Return a record's text with its blocks, where it is of a format that shows them."""
    suffix = FORMATS.get(record.format) if isinstance(record.format, str) else None
    if suffix is None:
        return Formatted(text=record.text)
    between = "<hr>" if suffix == ".html" else "\n\n"  # each paragraph is a part of its own
    text = paragraphs(text, between)
    assert isinstance(text, str)
    try:
        found = read_apart(codecs.BOM_UTF8 + clean_text(text).encode(), suffix)
    except FormatRejected as error:
        raise RecordRejected(record.id, f"field 'text' {error}") from None
    if is_blank(found.text):
        raise RecordRejected(record.id, "field 'text' is empty", "empty")
    return found


def record_of(record: object, *, source: str, times: Times) -> Document | Gone:
    """Return the document that a decoded record holds, or that it is marked as deleted.

    Raises:
        RecordRejected: A field is missing or wrong; of a deleted record only its id matters.
    """
    if not isinstance(record, dict) or not marks_deletion(record.get("deleted")):
        return document_of_record(record, source=source, times=times)
    if "id" not in record:
        raise RecordRejected("", "field 'id' is missing")
    try:
        identifier = own_id(record["id"])
    except ValueError as error:
        raise RecordRejected("", f"field 'id' {error}") from None
    return Gone(document=document_id(source, identifier), why="marked as deleted")


def marks_deletion(value: object) -> bool:
    """Tell whether a field says that its record is deleted: true, a number, a time, any word.

    Empty values, zero and the words for false do not, in any case; of several values, one decides.
    """
    if isinstance(value, list):
        return any(map(marks_deletion, value))
    if not isinstance(value, str):
        return bool(value)
    word = value.strip().casefold()
    return word not in _FALSE and not _ZERO.fullmatch(word)


def document_id(source: str, identifier: str) -> str:
    """Return the id under which the graph knows a source's document."""
    return f"{source}:{identifier}"


def check_source_name(name: str) -> str:
    """Return a source's name, which all its documents' ids start with.

    Raises:
        SourceRejected: The name is empty, too long, or holds a colon, a blank or something
            unprintable.
    """
    if len(name) > MAX_NAME_CHARACTERS:
        raise SourceRejected(
            f"source name {name[:20]!r}... has {len(name)} characters: "
            f"give one of at most {MAX_NAME_CHARACTERS}"
        )
    if not name or not name.isprintable() or ":" in name or name.split() != [name]:
        raise SourceRejected(f"source name {name!r}: use letters, digits, '-', '_' and '.' only")
    return name


def readable_id(record: dict[Any, Any]) -> str:
    """Return the record's own id where it has a good one, to name it in a report."""
    try:
        return own_id(record.get("id"))
    except ValueError:
        return ""


def reason_of(error: ValidationError) -> str:
    """Say which fields of a record are wrong, and how, in one line."""
    reasons = []
    for problem in error.errors(include_url=False):
        field = ".".join(str(part) for part in problem["loc"])
        message = problem["msg"].removeprefix("Value error, ")
        reasons.append(
            f"field {field!r} " + ("is missing" if problem["type"] == "missing" else message)
        )
    return clean_line("; ".join(reasons))
