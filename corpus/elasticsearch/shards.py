"""Shards of an index, and how far each has been read.

Elasticsearch numbers the operations of a shard (`_seq_no`). Up to the shard's global checkpoint
they are on all its copies and can no longer be rolled back; above it they can, and their numbers
may be given out again. A restored or rebuilt shard begins a new history. Nothing of that kind tells
that the server's own files were put back to an earlier state: so a position also knows the copy
that gave out the numbers, and the last operations, to be looked for where another copy does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from corpus.elasticsearch.client import Elastic
from corpus.elasticsearch.errors import error_types
from corpus.errors import IndexAbsent, NotAllowed, SourceUnavailable

UNREAD = -1
"""Number before the first operation."""
_SETTINGS = "*.settings.index.uuid,*.settings.index.number_of_shards"
_STATS = (
    "_shards,indices.*.uuid,indices.*.shards.*.docs.count,indices.*.shards.*.routing,"
    "indices.*.shards.*.seq_no,indices.*.shards.*.retention_leases.primary_term,"
    "indices.*.shards.*.commit.user_data.history_uuid"
)

_RECOVERY = "*.shards.id,*.shards.target.id,*.shards.start_time_in_millis"
_WORKING = ("STARTED", "RELOCATING")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy of a shard from when it was started, as its primary."""

    node: str
    started: int
    """Milliseconds since 1970, by the node's clock."""
    term: int
    """Rises with each start of a primary copy, and where another becomes it."""

    def put_back(self, before: Copy) -> bool:
        """Tell whether the node was started again and does not know of the copy before.

        A shard that moved to another node and back looks the same, as a move raises no term.
        """
        return self != before and self.node == before.node and self.term <= before.term


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How far a shard has been read."""

    number: int
    """Every operation up to this one."""
    first: int
    """Up to this one, by the first reading, which leaves out what does not match the query."""
    copy: Copy
    """That gave out the numbers."""
    last: Mapping[int, str] = field(default_factory=dict)
    """Seals of the last documents that were read, by their numbers."""


def anew(copy: Copy) -> Reached:
    """Return the beginning of a shard that was read before, all of which may be in the graph."""
    return Reached(number=UNREAD, first=UNREAD, copy=copy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A shard's primary copy at one moment."""

    index: str
    number: int
    uuid: str
    """Of the index: another one after a rebuild under the same name."""
    history: str
    """Of the shard's operations: another one after a restore, when numbers are given out anew."""
    copy: Copy
    checkpoint: int
    """Global checkpoint: operations up to it are final."""
    highest: int
    """Largest number given out."""
    documents: int
    seen_through: str = ""
    """Fingerprint of the alias's filter, empty where there is none."""

    @property
    def key(self) -> str:
        """What a position in this shard is valid for."""
        key = f"{self.uuid}/{self.history}/{self.number}"
        return f"{key}/{self.seen_through}" if self.seen_through else key

    def same_primary(self, other: Shard) -> bool:
        """Tell whether the same copy numbered the operations at another moment."""
        return (self.key, self.copy) == (other.key, other.copy)

    def nothing_since(self, reached: Reached | None) -> bool:
        """Tell whether there is nothing to read after a position."""
        number = reached.number if reached else UNREAD
        same = reached is None or reached.copy == self.copy
        return same and number == self.checkpoint == self.highest


def list_shards(server: Elastic, name: str) -> list[Shard]:
    """Return the shards of every index behind a name, in the order of the indices' names.

    Raises:
        SourceUnavailable: A shard has no primary copy, also after waiting.
        NotAllowed: The server withholds settings or statistics.
        IndexAbsent: No index has this name.
    """
    return server.call(partial(_list_shards, name=name))


def refresh(server: Elastic, index: str) -> None:
    """Make everything that was written to an index visible.

    Raises:
        SourceUnavailable: Not all shards did, also after waiting.
        NotAllowed: The server withholds it.
    """

    def ask(client: Elasticsearch) -> None:
        with needing("maintenance", index):
            answer = client.indices.refresh(index=index)
        if answer["_shards"]["failed"]:
            raise SourceUnavailable(f"{index}: not all shards could be refreshed")

    server.call(ask)


def alias_filters(server: Elastic, name: str) -> dict[str, Mapping[str, Any]]:
    """Return for each index the query of a filtered alias through which it is read.

    Raises:
        NotAllowed: The server withholds them.
    """

    def ask(client: Elasticsearch) -> dict[str, Mapping[str, Any]]:
        with needing("view_index_metadata", name):
            answer = client.search_shards(index=name, filter_path="indices.*.filter")
        return {index: about["filter"] for index, about in answer.get("indices", {}).items()}

    return server.call(ask)


def assert_numbers(server: Elastic, name: str) -> None:
    """Refuse indices without operation numbers.

    Raises:
        NotAllowed: An index has none.
    """
    numbered = {"range": {"_seq_no": {"gt": UNREAD}}}

    def ask(client: Elasticsearch) -> None:
        try:
            client.search(
                index=name,
                query=numbered,
                size=0,
                terminate_after=1,
                allow_partial_search_results=False,
            )
        except ApiError as error:
            if "disable_sequence_numbers" in str(error.body):
                raise NotAllowed(f"an index of {name!r} has no sequence numbers") from error
            raise

    server.call(ask)


def _list_shards(client: Elasticsearch, *, name: str) -> list[Shard]:
    with needing("view_index_metadata", name):
        settings = client.indices.get_settings(
            index=name, expand_wildcards="open", filter_path=_SETTINGS
        )
    sizes = {
        index: int(about["settings"]["index"]["number_of_shards"])
        for index, about in settings.items()
    }
    if not sizes:
        raise IndexAbsent(f"no index matches {name!r}: correct the index's name")
    with needing("monitor", name):
        stats = client.indices.stats(index=name, metric="docs", level="shards", filter_path=_STATS)
        recovery = client.indices.recovery(index=name, filter_path=_RECOVERY)
    if stats["_shards"]["failed"]:
        raise SourceUnavailable(f"{name}: not all shards tell their state")
    found = stats.get("indices", {})
    starts = {index: _starts(about) for index, about in recovery.items()}
    shards = [
        shard
        for index in sorted(sizes)
        for shard in _primaries(index, found.get(index, {}), starts.get(index, {}))
    ]
    if len(shards) != sum(sizes.values()):
        raise SourceUnavailable(f"{name}: only {len(shards)} of {sum(sizes.values())} shards work")
    return shards


def _starts(recovery: Mapping[str, Any]) -> dict[tuple[int, str], int]:
    """Return when each copy was started, by its shard's number and its node."""
    return {
        (copy["id"], copy["target"]["id"]): copy["start_time_in_millis"]
        for copy in recovery["shards"]
    }


def _primaries(
    index: str, stats: Mapping[str, Any], starts: Mapping[tuple[int, str], int]
) -> Iterator[Shard]:
    for number, copies in stats.get("shards", {}).items():
        for copy in copies:
            history = copy.get("commit", {}).get("user_data", {}).get("history_uuid")
            routing = copy.get("routing", {})
            started = starts.get((int(number), routing.get("node", "")))
            working = routing.get("primary") and routing.get("state") in _WORKING
            if working and history and started is not None:
                yield Shard(
                    index=index,
                    number=int(number),
                    uuid=stats["uuid"],
                    history=history,
                    copy=Copy(
                        node=routing["node"],
                        started=started,
                        term=copy["retention_leases"]["primary_term"],
                    ),
                    checkpoint=copy["seq_no"]["global_checkpoint"],
                    highest=copy["seq_no"]["max_seq_no"],
                    documents=copy["docs"]["count"],
                )


@contextmanager
def needing(privilege: str, name: str) -> Iterator[None]:
    """Say which privilege is missing where a call is refused.

    Raises:
        NotAllowed: The call needs this privilege on the name, or there is no such call.
    """
    try:
        yield
    except ApiError as error:
        if error.meta.status == 403:
            reason = (
                "the credentials (FACTLOOM_ELASTICSEARCH__API_KEY or .._PASSWORD) lack the index "
                f"privilege {privilege!r} on {name!r}"
            )
            raise NotAllowed(reason) from error
        if error.meta.status == 410 or "api_not_available_exception" in error_types(error):
            raise NotAllowed("this kind of Elasticsearch does not tell the shards") from error
        raise
