"""Which entity an old one has become: the same words of the same text are linked anew. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from graph.model.rows import DocumentRows


def successors(
    lost: Set[str], before: Iterable[Mapping[str, Any]], batch: Iterable[DocumentRows]
) -> dict[str, str]:
    """Return for entities without any mention left those that have got most of their mentions.

    A document whose content changed says nothing of this: other words may stand at the same place.

    Args:
        lost: the entities.
        before: `document`, `content_hash` and `mentions` (`entity`, `spans`) as they were.
        batch: the documents as they are written now.
    """
    now = {rows.document["id"]: rows for rows in batch}
    shares: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for record in before:
        rows = now.get(record["document"])
        if rows is None or rows.document["props"]["content_hash"] != record["content_hash"]:
            continue
        holder = {
            span: mention["entity"]
            for mention in rows.mentions
            for span in _pairs(mention["props"]["spans"])
        }
        for mention in record["mentions"]:
            if mention["entity"] in lost:
                spans = _pairs(mention["spans"])
                shares[mention["entity"]].update(holder[span] for span in spans if span in holder)
    return {
        old: min(counts, key=lambda new: (-counts[new], new))
        for old, counts in shares.items()
        if counts
    }


def _pairs(spans: Sequence[int]) -> Iterator[tuple[int, int]]:
    return zip(spans[::2], spans[1::2], strict=True)
