"""Many items, some at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from corpus.records import Page, Record
from extractor.schema import Document

Item = TypeVar("Item")


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield the items in lists of `size`, the last one shorter."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def limited(pages: Iterable[Page], limit: int | None) -> Iterator[Page]:
    """Yield pages up to so many documents; one that is cut hands on no position."""
    left = limit
    for page in pages:
        if left is None:
            yield page
            continue
        documents = sum(isinstance(record, Document) for record in page.records)
        if documents > left:
            yield Page(records=tuple(_first(page.records, left)), position="")
            return
        left -= documents
        yield page
        if left == 0:
            return


def _first(records: Iterable[Record], documents: int) -> Iterator[Record]:
    """Yield the records up to and with the last of so many documents."""
    for record in records:
        if documents == 0:
            return
        documents -= isinstance(record, Document)
        yield record
