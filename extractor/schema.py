"""What the stages hand to each other: frozen records, no tensors, no I/O."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

ENTITY_TYPES = ("PER", "ORG", "LOC", "TIME", "NUM", "MISC")
"""DocRED's entity types, in the order of the mention detector's labels; other data have others."""
TYPE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
"""What the name of an entity type looks like: 'PER', 'Chemical', 'cell-line'."""
MAX_ID_CHARACTERS = 600
"""Of a document or an entity: Elasticsearch's 512 bytes, and the name of a source before them."""
VALUE_TYPES = frozenset({"TIME", "NUM"})
"""Types whose names are values: equal ones are one entity, and no others are."""
INTERCHANGEABLE_TYPES = frozenset({"ORG", "LOC", "MISC"})
"""Types that a detector and a knowledge base disagree on for one name ('the Met', 'Eurovision')."""


def check_type_name(name: object) -> None:
    """Refuse what cannot name an entity type.

    Raises:
        ValueError: it is not a string that `TYPE_NAME` matches.
    """
    if not isinstance(name, str) or not TYPE_NAME.fullmatch(name):
        raise ValueError(
            f"entity type {name!r} is not a name of up to 40 letters, digits, '_' and '-' "
            "that begins with a letter"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A half-open range of Unicode code points of a document's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"span must be non-empty, got [{self.start}, {self.end})")


BlockKind = Literal[
    "heading",
    "paragraph",
    "item",
    "row",
    "caption",
    "quote",
    "signature",
    "code",
    "furniture",
]
"""'quote' is of an earlier mail; 'furniture' are front matter, page numbers, rules of dashes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A stretch of a document's text that no sentence and no mention crosses."""

    start: int
    end: int
    kind: BlockKind
    group: int = 0
    """The same for all items of one list and all rows of one table; 0 for other blocks."""
    line: int = 0
    """Which row of a table the cell is in, or which item of a list, from 1; the cells of a row are
    blocks of their own. 0 is of headings of a table, which go with every row."""
    page: int = 0
    """Of a PDF, from 1; 0 where there are no pages."""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"block must be non-empty, got [{self.start}, {self.end})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A span of a document's text that names something of a type."""

    start: int
    end: int
    type: str
    margin: float | None = field(default=None, compare=False)
    """Logit of a detected span's type minus that of none, 0 or more; None where it was given."""

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"mention span must be non-empty, got [{self.start}, {self.end})")
        check_type_name(self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """The mentions of one entity inside one document."""

    type: str
    mentions: tuple[Mention, ...]
    """In the order of the text; never empty."""

    def __post_init__(self) -> None:
        check_type_name(self.type)

    @classmethod
    def of(cls, mentions: Sequence[Mention]) -> Cluster:
        """Return a cluster of mentions, which come in text order; its type is that of most."""
        types = Counter(mention.type for mention in mentions)
        return cls(type=types.most_common(1)[0][0], mentions=tuple(mentions))


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text with an identity.

    `sentences` and `clusters` are empty unless the source brings them (gold annotation), `blocks`
    unless its format shows them: then the stages that would find them keep what is given.
    """

    id: str
    """'<source name>:<its own id>'."""
    source: str
    title: str
    text: str
    updated_at: str
    """ISO-8601 UTC of fixed width, '2026-01-31T23:59:59Z'."""
    url: str = ""
    index: str = ""
    """The Elasticsearch index that holds it; empty for files."""
    sentences: tuple[Span, ...] = ()
    blocks: tuple[Block, ...] = ()
    """Ascending, without overlaps; what lies between them is blank."""
    clusters: tuple[Cluster, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry of the entity index that a name may stand for."""

    id: str
    """'wikidata:Q84', 'mesh:D015738'."""
    name: str
    type: str
    aliases: tuple[str, ...] = ()
    description: str = ""
    popularity: float = 0.0
    """At least 0; larger is better known (site links, page views)."""
    former_ids: tuple[str, ...] = ()
    """Ids that the knowledge base has merged into this one."""
    facts: tuple[tuple[str, str], ...] = ()
    """(relation id, entity id) that the knowledge base states of it: ('P17', 'wikidata:Q145')."""


class NameIndex(Protocol):
    """Where names are looked up."""

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return for each name, as given, the entries it may stand for, best first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """An entity of a document: linked to the entity index, or NIL."""

    id: str
    name: str
    type: str
    mentions: tuple[Mention, ...]
    linked: bool = False
    kb_id: str = ""
    """'Q84' for 'wikidata:Q84'; empty for NIL."""
    link_confidence: float = 0.0
    candidate: str = ""
    """Of NIL: the id of the likeliest entry, too doubtful to link; people may decide."""
    candidate_confidence: float = 0.0
    aliases: tuple[str, ...] = ()
    description: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    """(relation id, entity id) that the entity index states of it; empty for NIL."""


def linked_entity(
    entry: Candidate, mentions: tuple[Mention, ...] = (), link_confidence: float = 0.0
) -> Entity:
    """Return an entry of the index as the entity that links to it."""
    return Entity(
        id=entry.id,
        name=entry.name,
        type=entry.type,
        mentions=mentions,
        linked=True,
        kb_id=entry.id.partition(":")[2],
        link_confidence=link_confidence,
        aliases=entry.aliases,
        description=entry.description,
        facts=entry.facts,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A relation that one document asserts between two of its entities."""

    head: str
    """Entity id."""
    relation: str
    """Relation id, 'P19'."""
    tail: str
    """Entity id."""
    margin: float
    """Logit of the relation minus logit of TH, in fp32; above 0. Not a probability."""
    probability: float
    """Calibrated from the margin."""
    sentences: tuple[int, ...]
    """Ascending indices of the evidence sentences in the document."""
    text: str
    """The evidence sentences, joined by a blank."""
    contradicts: str = ""
    """Relation and entity that speak against it, known of its head or, of a place that is said to
    contain another, of its tail: 'P17 wikidata:Q145'. Empty where nothing does."""
    pages: tuple[int, ...] = ()
    """Of a PDF, ascending from 1: where the evidence sentences begin; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """All that one document says: what the graph stores of it."""

    document: Document
    entities: tuple[Entity, ...]
    statements: tuple[Statement, ...]
    unscored_pairs: int = 0
    """Ordered entity pairs that no window shows together, so that no score exists."""
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Reason -> statements above the threshold that the types of their entities rule out."""
