"""CDR and GDA: the `*_filter.data` format of the edge-oriented graph (Christopoulou et al., 2019).

One document a line, columns separated by tabs: its PubMed id; its tokens, joined by blanks within a
sentence and by '|' between sentences; then 17 columns for each candidate pair of entities:

| columns | what                                                                                   |
|---------|----------------------------------------------------------------------------------------|
| 1       | `1:CID:2`: CID holds from argument 1 to 2; `1:NR:2`: nothing holds; or `not_include`   |
| 2, 3    | `L2R` or `R2L`, `CROSS` or `NON-CROSS`: how the nearest two mentions stand in the text |
| 4, 5    | the tokens of these two mentions                                                       |
| 6 - 11  | argument 1: ids and names joined by '|'; type; joined by ':', the mentions' first      |
|         | tokens, the tokens after their last (both counted through the document), sentences     |
| 12 - 17 | argument 2                                                                             |

`L2R` and `R2L` say nothing of the relation: argument 1 is the head (Chemical, Gene) wherever it
stands. A pair that is `not_include` (the hypernym filter took it out) is unjudged, unless other
columns of the line judge the same pair; its entities stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from extractor.datasets.docred import UNDATED, Label, LabelledDocument
from extractor.datasets.tokens import join_tokens
from extractor.errors import DatasetRejected
from extractor.relations import RelationVocabulary, TypeConstraint
from extractor.schema import Cluster, Document, Mention, Span

COLUMNS = 17
NO_RELATION = "NR"
UNJUDGED = "not_include"
_SENTENCE_BREAK = re.compile(r"(?<! )\|(?! )")
"""A '|' between blanks is a token of the text."""

CDR_VOCABULARY = RelationVocabulary(
    {"CID": "chemical induced disease"},
    {"CID": TypeConstraint(head=frozenset({"Chemical"}), tail=frozenset({"Disease"}))},
)
GDA_VOCABULARY = RelationVocabulary(
    {"GDA": "gene disease association"},
    {"GDA": TypeConstraint(head=frozenset({"Gene"}), tail=frozenset({"Disease"}))},
)


@dataclass(frozen=True, slots=True)
class _Tokens:
    """A document's text, and where its tokens stand in it."""

    text: str
    sentences: tuple[Span, ...]
    spans: list[tuple[int, int]]
    """(start, end) of each token of the document, in code points."""
    sentence_of: list[int]


def read_filter_data(path: Path, *, vocabulary: RelationVocabulary) -> list[LabelledDocument]:
    """Read a `*_filter.data` file; a document's title is its PubMed id.

    Raises:
        DatasetRejected: the file is missing or malformed, or a label does not fit the vocabulary;
            the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise DatasetRejected(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise DatasetRejected(f"{path} is not UTF-8: {error}") from error
    documents: dict[str, LabelledDocument] = {}
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        try:
            item = _labelled_document(line, vocabulary)
            if item.document.title in documents:
                raise ValueError(f"a second document {item.document.title}")
        except ValueError as error:
            raise DatasetRejected(f"{path}, line {number}: {error}") from error
        documents[item.document.title] = item
    return list(documents.values())


def _labelled_document(line: str, vocabulary: RelationVocabulary) -> LabelledDocument:
    identifier, *columns = line.split("\t")
    if not identifier or not columns or (len(columns) - 1) % COLUMNS:
        raise ValueError(
            f"expected a PubMed id, a text and {COLUMNS} columns for each pair, found an id of "
            f"{len(identifier)} characters and {len(columns)} columns"
        )
    entities = _Entities(_tokens(columns[0]))
    labels: dict[Label, None] = {}
    labelled, unjudged = set(), set()
    for first in range(1, len(columns), COLUMNS):
        group = columns[first : first + COLUMNS]
        _check_place(group)
        head, tail = entities.add(group[5:11]), entities.add(group[11:17])
        if head == tail:
            raise ValueError(f"entity {group[5]} is paired with itself")
        if group[0] == UNJUDGED:
            unjudged.add((head, tail))
            continue
        labelled.add((head, tail))
        relation = _relation(group, vocabulary)
        if relation != NO_RELATION:
            labels[Label(head=head, relation=relation, tail=tail)] = None
    return LabelledDocument(
        document=Document(
            id=f"pubmed:{identifier}",
            source="pubmed",
            title=identifier,
            text=entities.tokens.text,
            updated_at=UNDATED,
            sentences=entities.tokens.sentences,
            clusters=entities.clusters(),
        ),
        labels=tuple(labels),
        unjudged=frozenset(unjudged - labelled),
        kb_ids=entities.ids(),
    )


def _tokens(text: str) -> _Tokens:
    joined, sentences, rows = join_tokens(
        [sentence.split(" ") for sentence in _SENTENCE_BREAK.split(text)]
    )
    if len(sentences) < len(rows):
        raise ValueError("a sentence is empty")
    return _Tokens(
        text=joined,
        sentences=sentences,
        spans=[span for row in rows for span in row],
        sentence_of=[number for number, row in enumerate(rows) for _ in row],
    )


def _check_place(group: Sequence[str]) -> None:
    """Refuse a pair whose columns are not where they should be."""
    if group[1] not in {"L2R", "R2L"} or group[2] not in {"CROSS", "NON-CROSS"}:
        raise ValueError(
            f"expected L2R or R2L, then CROSS or NON-CROSS, found {group[1]!r} and {group[2]!r}"
        )


def _relation(group: Sequence[str], vocabulary: RelationVocabulary) -> str:
    """Return the relation id of a pair, or `NO_RELATION`."""
    match = re.fullmatch(r"1:([^:]+):2", group[0])
    if not match:
        raise ValueError(f"label {group[0]!r} is neither '1:RELATION:2' nor {UNJUDGED!r}")
    relation, head, tail = match[1], group[7], group[13]
    if relation == NO_RELATION:
        return relation
    if relation not in vocabulary.ids:
        raise ValueError(f"relation {relation!r} is not one of {', '.join(vocabulary.ids)}")
    if not vocabulary.admits(relation, head, tail):
        raise ValueError(f"relation {relation} does not hold from {head} to {tail}")
    return relation


class _Entities:
    """The entities of one document, gathered from its pairs; ids that are equal are one entity."""

    def __init__(self, tokens: _Tokens) -> None:
        self.tokens = tokens
        self._indices: dict[frozenset[str], int] = {}
        self._types: list[str] = []
        self._spans: list[set[tuple[int, int]]] = []

    def add(self, argument: Sequence[str]) -> int:
        """Return the index of the entity that six columns describe; keep its mentions."""
        ids, _, type_, *places = argument
        index = self._indices.setdefault(frozenset(ids.split("|")), len(self._indices))
        if index == len(self._types):
            self._types.append(type_)
            self._spans.append(set())
        if self._types[index] != type_:
            raise ValueError(f"entity {ids} is both {self._types[index]} and {type_}")
        self._spans[index].update(self._mentions(ids, places))
        return index

    def ids(self) -> tuple[tuple[str, ...], ...]:
        """Return the ids of each entity, as the file has them."""
        return tuple(tuple(sorted(ids)) for ids in self._indices)

    def clusters(self) -> tuple[Cluster, ...]:
        """Return the clusters by index, their mentions in the order of the text."""
        return tuple(
            Cluster(
                type=type_,
                mentions=tuple(Mention(start=s, end=e, type=type_) for s, e in sorted(spans)),
            )
            for type_, spans in zip(self._types, self._spans, strict=True)
        )

    def _mentions(self, ids: str, places: Sequence[str]) -> Iterator[tuple[int, int]]:
        try:
            firsts, afters, sentences = ([int(n) for n in column.split(":")] for column in places)
            mentions = list(zip(firsts, afters, sentences, strict=True))
        except ValueError as error:
            raise ValueError(
                f"entity {ids}: first tokens, tokens after the last and sentences must be equally "
                f"many numbers joined by ':', found {', '.join(map(repr, places))}"
            ) from error
        for first, after, sentence in mentions:
            if not 0 <= first < after <= len(self.tokens.spans):
                raise ValueError(
                    f"entity {ids}: tokens {first}-{after} are outside of the document's "
                    f"{len(self.tokens.spans)}"
                )
            if self.tokens.sentence_of[first] != sentence:
                raise ValueError(f"entity {ids}: token {first} is not in sentence {sentence}")
            yield self.tokens.spans[first][0], self.tokens.spans[after - 1][1]
