"""What callers hand to the graph and get back from it: frozen records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from extractor.relations import RelationVocabulary

Stored = TypeVar("Stored")
ASSERT_ABOVE = 0.5
"""Less probable edges are possible, not asserted, where no setting says otherwise."""


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
    source: str = ""
    """The source that it reads; empty where it reads none."""


@dataclass(frozen=True, slots=True)
class Champion:
    """The checkpoint whose margins count first, with the relations that it knows."""

    name: str
    relations: RelationVocabulary
    assert_above: float = ASSERT_ABOVE
    """Probability below which its edges are possible, not asserted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run that has ended, as the graph remembers it."""

    id: str
    started_at: str
    counts: Mapping[str, int | float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What the graph remembers of a source of documents."""

    name: str
    documents: int = 0
    """Of it that the graph holds."""
    failed: int = 0
    """Of it that failed, and are to be tried again."""
    position: str = ""
    """How far it has been read; empty: not yet, or it keeps none."""
    ingested_at: str = ""
    """When the last ingest of it completed; empty: never."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsertReport:
    """What writing documents changed."""

    documents: int = 0
    documents_removed: int = 0
    mentions: int = 0
    evidence: int = 0
    entities_new: int = 0
    entities_removed: int = 0
    entities_rekeyed: int = 0
    """Entities that others have become; the others carry their ids as former ones."""
    nil_new: int = 0
    edges_new: int = 0
    possible_new: int = 0
    """Of the new edges, those that are possible."""
    edges_changed: int = 0
    edges_removed: int = 0
    unscored_pairs: int = 0

    @classmethod
    def total(cls, reports: Iterable[UpsertReport]) -> UpsertReport:
        """Return the sum of reports."""
        rows = list(reports)
        return cls(**{f.name: sum(getattr(row, f.name) for row in rows) for f in fields(cls)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A document as the graph has it: whether it must be written again, and where it came from."""

    content_hash: str
    config_hash: str
    checkpoint: str
    index: str
    """The Elasticsearch index that held it; empty for files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleDocument:
    """A document that another checkpoint extracted, or the same one under another configuration."""

    id: str
    updated_at: str
    edges: int
    """How many edges it supports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorState:
    """How far a source has been read, and what decided on what was extracted from it."""

    position: str
    config_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRecord:
    """A document that could not be processed now."""

    document: str
    stage: str
    error: str
    content_hash: str
    """Of the version that failed; empty where it could not be read."""
    index: str = ""
    """The Elasticsearch index that held it; empty for files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedDocument:
    """A document that could not be processed, as the graph remembers it."""

    id: str
    stage: str
    error: str
    attempts: int
    last_tried: str
    content_hash: str
    index: str = ""
    """The Elasticsearch index that held it; empty for files."""
    run: str = ""
    """The run that tried last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A person's verdict on an edge. There is one for each edge, and the newest counts."""

    head: str
    relation: str
    tail: str
    verdict: str
    """'confirmed' or 'rejected'."""
    by: str
    at: str
    note: str = ""
    head_entity: str = ""
    """JSON with all that is needed to create the head where no document mentions it; empty: the
    graph has the entity, and keeps what it is now."""
    tail_entity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEntity:
    """An entity as the graph knows it."""

    id: str
    name: str
    type: str
    linked: bool
    description: str
    link_confidence: float
    """Of the best of its links; 0 where it is not linked."""
    aliases: tuple[str, ...]
    documents: int
    """How many documents mention it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How documents write an entity."""

    names: tuple[str, ...]
    """The longest first."""
    candidates: tuple[str, ...]
    """Of a NIL: ids of entries that it may be, too doubtful to link."""
    candidate_confidence: float
    """The largest of theirs; 0 without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundEvidence:
    """What one document contributes to an edge."""

    document: str
    title: str
    url: str
    margin: float
    probability: float
    """Of what the text says."""
    link_confidence: float
    """That what it says it of are the edge's entities."""
    checkpoint: str
    sentences: tuple[int, ...]
    pages: tuple[int, ...]
    """Of a PDF: where the sentences begin; else empty."""
    text: str
    contradicts: str = ""
    """What speaks against it: 'P17 wikidata:Q145'; empty where nothing is known to."""
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
    contradicted: int = 0
    """Documents in which something speaks against what they say."""
    checkpoint: str
    status: str
    first_seen: str
    last_seen: str
    evidence: tuple[FoundEvidence, ...]


def from_stored(kind: Callable[..., Stored], stored: Mapping[str, Any], **others: Any) -> Stored:
    """Return a record whose fields are stored properties of their names, but for those given.

    Raises:
        KeyError: a property is missing, as one is that an older graph does not have.
    """
    names = {field.name for field in fields(kind)} - others.keys()  # type: ignore[arg-type]
    return kind(**{name: stored[name] for name in names}, **others)
