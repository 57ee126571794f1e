"""A hash of all that a document brings to the graph, by which an unchanged one is known. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from extractor.schema import Entity

DIGESTED = ("source", "title", "url", "content_hash", "updated_at", "unscored_pairs")
"""Of a document's own properties; the others say when it was extracted, and where it lies."""


def digest(
    document: Mapping[str, Any],
    entities: Iterable[Entity],
    mentions: Sequence[Mapping[str, Any]],
    evidence: Iterable[Mapping[str, Any]],
) -> str:
    """Return a hash of a document's rows, without when, by which run and from where.

    The checkpoint counts, as it is in the evidence: another one's margins are other rows.
    """
    own = {name: document[name] for name in DIGESTED}
    records = [
        [each.id, each.name, each.type, each.linked, each.kb_id, each.aliases, each.description]
        for each in entities
    ]
    stated = [{name: row[name] for name in row if name != "run"} for row in evidence]
    text = json.dumps([own, records, mentions, stated])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
