"""What an index's mapping says about the fields that are read, asked before any document is.

A field that no record can have would make each of them look as if it had been emptied.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.shards import needing
from corpus.errors import SourceRejected

log = logging.getLogger(__name__)

Mappings = Mapping[str, Any]

_OFF = (False, "false")
_ANYTHING = (True, "true", "strict")
"""Values of `dynamic` with which all that a record may have is in the mapping, or comes into it."""


def mappings_of(client: Elasticsearch, *, index: str) -> dict[str, Any]:
    """Return the mapping of each index behind the name, none if there is no such name."""
    try:
        return dict(client.indices.get_mapping(index=index))
    except NotFoundError:
        return {}


def assert_readable(
    server: Elastic, name: str, *, text: str, others: Mapping[str, str], query: Mapping[str, Any]
) -> None:
    """Refuse indices whose records cannot have the fields that reading needs.

    A text that only some indices cannot have is no wrong name: they may hold deletions alone.

    Args:
        server: Where the indices are.
        name: Of the source: an index, alias or pattern.
        text: The field that every document has.
        others: Fields that some records may not have, by the ends of the settings that name them.
        query: What a record must match.

    Raises:
        SourceRejected: A field is not in `_source`, or no record that matches can have the text.
        NotAllowed: The server withholds the mappings.
    """

    def ask(client: Elasticsearch) -> dict[str, Any]:
        with needing("view_index_metadata", name):
            return dict(client.indices.get_mapping(index=name, expand_wildcards="open"))

    found = {index: about["mappings"] for index, about in server.call(ask).items()}
    for index, mappings in found.items():
        for setting, field in {"TEXT": text, **others}.items():
            if reason := _not_in_source(mappings.get("_source", {}), field):
                raise _refused(index, reason, setting, field)
    absent = {index: _absent(mappings, text) for index, mappings in found.items()}
    without = [
        _refused(index, reason, "TEXT", text)
        for index, reason in absent.items()
        if reason and _has_records(server, name, index, query)
    ]
    if without and not any(
        _has_records(server, name, index, query) for index, reason in absent.items() if not reason
    ):
        raise without[0]
    for refused in without:
        log.warning("%s", refused)


def _refused(index: str, reason: str, setting: str, field: str) -> SourceRejected:
    return SourceRejected(
        f"index {index!r}: {reason}; correct FACTLOOM_ELASTICSEARCH__FIELDS__{setting}, which is "
        f"{field!r}, or the index"
    )


def _not_in_source(source: Mappings, field: str) -> str:
    """Say why `_source`, from which documents are read, cannot hold a field."""
    if source.get("enabled") in _OFF or source.get("mode") == "disabled":
        return "_source is disabled in its mapping, and documents are read from it"
    included = source.get("includes") or ["*"]
    if not _among(field, included) or _among(field, source.get("excludes", ())):
        return f"its mapping leaves field {field!r} out of _source, from which documents are read"
    return ""


def _absent(mappings: Mappings, field: str) -> str:
    """Say why no record can have a field."""
    mapped = dict(_mapped(mappings))
    if alias := mapped.get(field, {}).get("path"):
        return f"field {field!r} is another name of {alias!r}, by which no record has it"
    if field in mapped or _may_be_unmapped(mappings, field):
        return ""
    near = get_close_matches(field, mapped, n=3) or sorted(mapped)[:5]
    return f"no record has a field {field!r}, but {', '.join(map(repr, near)) or 'none at all'}"


def _among(field: str, patterns: Sequence[str]) -> bool:
    """Tell whether a field, or an object that it is in, is meant by one of the patterns."""
    parts = field.split(".")
    paths = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return any(fnmatchcase(path, pattern) for path in paths for pattern in patterns)


def _mapped(mappings: Mappings, prefix: str = "") -> Iterator[tuple[str, Mappings]]:
    """Yield each field's full name and what is said of it; no multi-fields: no record has them."""
    for name, about in mappings.get("properties", {}).items():
        if "properties" in about:
            yield from _mapped(about, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", about


def _may_be_unmapped(mappings: Mappings, field: str) -> bool:
    """Tell whether records may have a field that the mapping does not show."""
    about: Mappings | None = mappings
    for part in field.split("."):
        if about is None:
            return False
        if about.get("enabled") in _OFF or about.get("type") in ("flattened", "object"):
            return True
        if about.get("dynamic", True) not in _ANYTHING:
            return True
        about = about.get("properties", {}).get(part)
    return False


def _has_records(server: Elastic, name: str, index: str, query: Mapping[str, Any]) -> bool:
    """Tell whether one of the indices behind a name has records that match."""
    there = {"bool": {"filter": [{"term": {"_index": index}}, query]}}
    found = server.call(
        lambda client: client.search(
            index=name, query=there, size=0, terminate_after=1, track_total_hits=1
        )
    )
    return bool(found["hits"]["total"]["value"])
