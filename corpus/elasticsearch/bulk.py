"""Writing many records to Elasticsearch; each is sent until it is stored or refused for good."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from elasticsearch import Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.errors import BUSY, cause_reason
from corpus.elasticsearch.halving import in_halves
from corpus.errors import SourceUnavailable
from extractor.batches import weighed

BATCH_RECORDS = 500
BATCH_CHARACTERS = 4_000_000
"""Far below Elasticsearch's 100 MB a request, whatever the script of the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One record to store under its id, in place of what is there, or to remove."""

    id: str
    name: str
    """What reports call it."""
    record: dict[str, Any] | None
    """None to remove what is there."""
    characters: int
    """About how large the record is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A record that the server will not store."""

    write: Write
    reason: str


def write_all(server: Elastic, index: str, writes: Iterable[Write]) -> Iterator[Refused]:
    """Store the records in batches, smaller ones where those are too large; yield the refused.

    Raises:
        SourceUnavailable: The server does not take the records, also after waiting.
        SourceRejected: The server refuses a whole batch.
    """
    batches = weighed(writes, lambda each: each.characters, BATCH_CHARACTERS, size=BATCH_RECORDS)
    for batch in batches:
        for _, refused in in_halves(batch, partial(_stored, server, index)):
            yield from refused


def _stored(server: Elastic, index: str, batch: Sequence[Write]) -> list[Refused]:
    pending = {write.id: write for write in batch}
    refused: list[Refused] = []
    send = partial(_send, index=index, pending=pending, refused=refused)
    server.call(send, attempts_if_too_large=1 if len(batch) > 1 else None)
    return refused


def _send(
    client: Elasticsearch, *, index: str, pending: dict[str, Write], refused: list[Refused]
) -> None:
    """Send what is pending and strike off what is done; what is left is sent by the retry."""
    operations: list[dict[str, Any]] = []
    for write in pending.values():
        if write.record is None:
            operations += [{"delete": {"_id": write.id}}]
        else:
            operations += [{"index": {"_id": write.id}}, write.record]
    answer = client.bulk(index=index, operations=operations)
    for item in answer["items"]:
        (result,) = item.values()
        if result["status"] in BUSY:
            continue
        write = pending.pop(result["_id"])
        if "error" in result:
            refused.append(Refused(write=write, reason=cause_reason(result["error"])))
    if pending:
        raise SourceUnavailable(f"index {index}: {len(pending)} records wait, the server is busy")
