"""DocRED's JSON format: documents with gold mentions, clusters and (where there are any) labels.

A record may also bring its text as it stands (`text`), and with it the place of each token there
(`starts`, by sentence) and its layout (`blocks`: [start, end, kind, group, line]); and `optional`,
[head, relation, tail]: what an annotator may or may not list. Without a text, tokens are joined by
blanks.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from extractor.datasets.tokens import join_tokens, place_tokens, places_of, shows
from extractor.errors import DatasetRejected
from extractor.schema import ENTITY_TYPES, Block, BlockKind, Cluster, Document, Mention

DOCRED = "docred"
"""Source of the documents of labelled files in this format."""
UNDATED = "1970-01-01T00:00:00Z"
"""DocRED's documents carry no time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A gold relation between two clusters of a document, by their indices."""

    head: int
    relation: str
    tail: int
    evidence: tuple[int, ...] = ()
    """Indices of sentences; empty where nobody annotated any, never 'no sentence'."""


Triple = tuple[int, int, str, int]
"""Index of a document, head cluster, relation id, tail cluster."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledDocument:
    """A document with its gold clusters, and its gold relations."""

    document: Document
    labels: tuple[Label, ...]
    """At most one for each head, relation and tail."""
    unjudged: frozenset[tuple[int, int]] = frozenset()
    """(head, tail) pairs that the source leaves out: neither to train on nor to score."""
    optional: frozenset[tuple[int, str, int]] = frozenset()
    """(head, relation, tail) that may or may not be listed: neither to train on nor to score."""
    corrected: bool = False
    """Whether people judged what a model said of it: what they said is learned last."""
    kb_ids: tuple[tuple[str, ...], ...] = ()
    """Gold ids of each cluster, the most frequent first, none for NIL; empty: nobody linked it."""

    @property
    def labelled_pairs(self) -> set[tuple[int, int]]:
        """The (head, tail) pairs that something is said of."""
        size = range(len(self.document.clusters))
        return {(h, t) for h in size for t in size if h != t} - self.unjudged

    @property
    def marks_every_mention(self) -> bool:
        """Whether all that a mention detector should find is marked, so that it can be scored.

        Of a user's own documents, those entities may be marked alone that relations name.
        """
        types = {cluster.type for cluster in self.document.clusters}
        return self.document.source == DOCRED and types <= {*ENTITY_TYPES}


def read_docred(path: Path) -> list[LabelledDocument]:
    """Read a DocRED-format file.

    Raises:
        DatasetRejected: the file is missing or malformed; the message names the document.
    """
    try:
        records = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DatasetRejected(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise DatasetRejected(f"{path} is not JSON in UTF-8: {error}") from error
    if not isinstance(records, list) or not all(isinstance(item, dict) for item in records):
        raise DatasetRejected(f"{path}: DocRED's format is a list of documents")
    return [
        labelled_document(record, place=f"{path}, document {n}") for n, record in enumerate(records)
    ]


def labelled_document(record: Mapping[str, Any], *, place: str) -> LabelledDocument:
    """Build one labelled document; raises `DatasetRejected` naming `place`."""
    title = record.get("title")
    if not isinstance(title, str):
        raise DatasetRejected(f"{place}: a document needs a title")
    document = document_of(record, source=DOCRED, identifier=title, updated_at=UNDATED)
    try:
        labels = _labels(record, len(document.clusters), places_of(record["sents"]))
        optional = _optional(record, len(document.clusters)) - {
            (label.head, label.relation, label.tail) for label in labels
        }
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetRejected(f"{place} ({title!r}): a malformed label: {error!r}") from error
    ids = tuple(_kb_ids(vertex, place) for vertex in record["vertexSet"])
    return LabelledDocument(
        document=document,
        labels=labels,
        optional=optional,
        kb_ids=ids if any(ids) else (),
    )


def document_of(
    record: Mapping[str, Any], *, source: str, identifier: str, updated_at: str
) -> Document:
    """Build a document from a DocRED record: its text, gold sentences and clusters.

    Raises:
        DatasetRejected: a field is missing or malformed; the message names the document.
    """
    try:
        text, sentences, token_spans = (
            place_tokens(record) if "text" in record else join_tokens(record["sents"])
        )
        clusters = tuple(_cluster(vertex, text, token_spans) for vertex in record["vertexSet"])
        blocks = _blocks(record, text)
        title = str(record["title"])
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DatasetRejected(
            f"document {identifier!r}: malformed DocRED record: {error!r}"
        ) from error
    return Document(
        id=f"{source}:{identifier}",
        source=source,
        title=title,
        text=text,
        updated_at=updated_at,
        sentences=sentences,
        blocks=blocks,
        clusters=clusters,
    )


def _blocks(record: Mapping[str, Any], text: str) -> tuple[Block, ...]:
    blocks = tuple(map(read_block, record.get("blocks", ())))
    ends = [0, *(block.end for block in blocks)]
    for before, block in zip(ends, blocks, strict=False):
        if not before <= block.start < block.end <= len(text):
            raise ValueError(f"the block from {block.start} to {block.end} is outside, or overlaps")
    return blocks


def read_block(values: Sequence[Any]) -> Block:
    """Return a block that stands as [start, end, kind, group, line].

    Raises:
        ValueError: there is no such block.
    """
    start, end, kind, group, line = values
    if kind not in get_args(BlockKind):
        raise ValueError(f"no kind of block {kind!r}")
    return Block(start=start, end=end, kind=kind, group=group, line=line)


def _cluster(
    vertex: list[Mapping[str, Any]], text: str, token_spans: list[list[tuple[int, int]]]
) -> Cluster:
    mentions = set()
    for mention in vertex:
        if not 0 <= mention["sent_id"] < len(token_spans):
            raise ValueError(f"mention {mention.get('name')!r}: no such sentence")
        row = token_spans[mention["sent_id"]]
        first, after = mention["pos"]
        if not 0 <= first < after <= len(row):
            raise ValueError(
                f"mention {mention.get('name')!r}: position {first}-{after} is outside"
            )
        start, end = row[first][0], row[after - 1][1]
        if not shows(text[start:end]):
            raise ValueError(f"mention {mention.get('name')!r}: a blank is no mention")
        mentions.add((start, end, mention["type"]))
    return Cluster.of([Mention(start=s, end=e, type=t) for s, e, t in sorted(mentions)])


def _kb_ids(vertex: list[Mapping[str, Any]], place: str) -> tuple[str, ...]:
    """Return the Wikidata ids of a cluster's mentions, the most frequent first."""
    codes = [code for mention in vertex if (code := mention.get("wikidata_qcode")) is not None]
    if not all(isinstance(code, str) and code for code in codes):
        raise DatasetRejected(f"{place}: wikidata_qcode must be a string, 'Q84', or null")
    return tuple(code for code, _ in Counter(codes).most_common())


def _labels(
    record: Mapping[str, Any], clusters: int, places: Mapping[int, int]
) -> tuple[Label, ...]:
    """Return the labels in the order of the file; one that comes twice unites its evidence."""
    sentences = len(record["sents"])
    merged: dict[tuple[int, str, int], set[int]] = {}
    for label in record.get("labels", []):
        head, tail = (_index(label[end], clusters, "entity") for end in ("h", "t"))
        if head == tail:
            raise ValueError(f"head and tail are the same entity in {dict(label)}")
        if not isinstance(label["r"], str) or not label["r"]:
            raise ValueError(f"the relation id must be a string in {dict(label)}")
        evidence = [_index(n, sentences, "evidence sentence") for n in label.get("evidence", [])]
        shown = (places[number] for number in evidence if number in places)
        merged.setdefault((head, label["r"], tail), set()).update(shown)
    return tuple(
        Label(head=head, relation=relation, tail=tail, evidence=tuple(sorted(evidence)))
        for (head, relation, tail), evidence in merged.items()
    )


def _optional(record: Mapping[str, Any], clusters: int) -> frozenset[tuple[int, str, int]]:
    return frozenset(
        (_index(head, clusters, "entity"), str(relation), _index(tail, clusters, "entity"))
        for head, relation, tail in record.get("optional", ())
    )


def _index(value: object, count: int, what: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < count:
        raise ValueError(f"no {what} {value!r}: the document has {count}, counted from 0")
    return value
