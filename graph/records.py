"""What callers hand to the graph and get back from it: frozen records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class RunInfo:
    """One execution of a flow, as the graph remembers it."""

    id: str
    flow: str
    checkpoint: str
    """The champion: where it has evidence of an edge, the edge's margin is its own."""
    config_hash: str
    git_sha: str
    started_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertReport:
    """What writing documents changed."""

    documents: int = 0
    mentions: int = 0
    evidence: int = 0
    entities_new: int = 0
    entities_removed: int = 0
    nil_new: int = 0
    edges_new: int = 0
    edges_changed: int = 0
    edges_removed: int = 0
    unscored_pairs: int = 0

    @classmethod
    def total(cls, reports: Iterable[UpsertReport]) -> UpsertReport:
        """Return the sum of reports."""
        rows = list(reports)
        return cls(**{f.name: sum(getattr(row, f.name) for row in rows) for f in fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntity:
    """An entity as the graph knows it."""

    id: str
    name: str
    type: str
    linked: bool
    description: str
    aliases: tuple[str, ...]
    documents: int
    """How many documents mention it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEvidence:
    """What one document contributes to an edge."""

    document: str
    title: str
    url: str
    margin: float
    probability: float
    checkpoint: str
    sentences: tuple[int, ...]
    text: str
    head_names: tuple[str, ...]
    """How the document writes the head; to highlight it in `text`."""
    tail_names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEdge:
    """An edge with all its evidence, strongest first."""

    head: str
    head_name: str
    relation: str
    type: str
    tail: str
    tail_name: str
    margin: float
    probability: float
    documents: int
    checkpoint: str
    status: str
    first_seen: str
    last_seen: str
    evidence: tuple[FoundEvidence, ...]
