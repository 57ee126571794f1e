"""What people said of edges becomes labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Any

from corpus.source import Gone, Page, Record
from extractor.datasets.docred import LabelledDocument
from extractor.relations import RelationVocabulary, TypeConstraint
from extractor.schema import Document
from flows.retrain.labels import labelled_by_verdicts
from graph.export.labels import Edge
from graph.model.rows import content_hash
from tests.unit.flows.labelling import VOCABULARY


class Source:
    """Has one document."""

    name = "press"

    def __init__(self, document: Document) -> None:
        self._document = document

    def pages(self, position: str) -> Generator[Page, None, None]:
        """Not needed."""
        raise AssertionError

    def expected(self, position: str) -> int:
        """Not needed."""
        raise AssertionError

    def fetch(self, ids: Sequence[str]) -> Iterator[Record]:
        """Yield the documents now."""
        for id_ in ids:
            yield self._document if id_ == self._document.id else Gone(document=id_)

    def missing(self, places: Mapping[str, str]) -> dict[str, str | None]:
        """Not needed."""
        raise AssertionError

    def unread(self) -> str:
        """Not needed."""
        raise AssertionError

    def close(self) -> None:
        """Nothing to close."""


NEWS = Document(
    id="press:1",
    source="press",
    title="",
    text="Ada left Bonn.",
    updated_at="2026-01-01T00:00:00Z",
)


SPANS = {"Q1": ("PER", [0, 3]), "Q2": ("LOC", [9, 13])}


def read_news(*statements: tuple[str, str, str], document: str = "press:1") -> Any:
    """Return what reads a graph in which a document says this of Ada and Bonn."""

    def read(statement: str, /, **parameters: Any) -> list[dict[str, Any]]:
        if statement == "export_named":
            return [
                {
                    "document": document,
                    "content_hash": content_hash(NEWS),
                    "entity": entity,
                    "type": type_,
                    "names": ["a name"],
                    "spans": spans,
                }
                for entity, (type_, spans) in SPANS.items()
            ]
        keys = {f"{h}|{r}|{t}": (h, r, t) for h, r, t in statements}
        return [
            {
                "edge": edge,
                "document": document,
                "source": "press",
                "head": head,
                "relation": relation,
                "tail": tail,
                "said": said,
            }
            for edge in parameters["rows"]
            if edge in keys
            for said, (head, relation, tail) in keys.items()
            if (head, tail) == (keys[edge][0], keys[edge][2])
        ]

    return read


BORN, DIED = ("Q1", "P19", "Q2"), ("Q1", "P20", "Q2")


def from_graph(
    read: Any, verdicts: Mapping[Edge, str], vocabulary: RelationVocabulary = VOCABULARY
) -> tuple[list[LabelledDocument], dict[str, int]]:
    left_out: Counter[str] = Counter()
    found = list(labelled_by_verdicts(read, verdicts, Source(NEWS), vocabulary, left_out))
    return found, {why: count for why, count in left_out.items() if count}


def test_a_rejected_relation_is_a_negative_and_the_rest_of_its_pair_holds() -> None:
    [item], left_out = from_graph(read_news(BORN, DIED), {BORN: "rejected"})
    assert item.document.title == "1"
    assert [(c.type, [(m.start, m.end) for m in c.mentions]) for c in item.document.clusters] == [
        ("PER", [(0, 3)]),
        ("LOC", [(9, 13)]),
    ]
    assert len(item.document.sentences) == 1
    assert [(each.head, each.relation, each.tail) for each in item.labels] == [(0, "P20", 1)]
    assert item.unjudged == {(1, 0)}
    assert left_out == {}


def test_a_pair_is_confident_when_all_that_is_said_of_it_is() -> None:
    part, left_out = from_graph(read_news(BORN, DIED), {BORN: "confident"})
    assert (part, left_out) == ([], {"pairs of which only a part is known": 1})
    [item], left_out = from_graph(read_news(BORN, DIED), dict.fromkeys((BORN, DIED), "confident"))
    assert [each.relation for each in item.labels] == ["P19", "P20"]
    assert left_out == {}


def test_what_cannot_be_a_label_is_counted_with_its_reason() -> None:
    verdicts = {BORN: "confirmed", ("Q2", "P19", "Q1"): "confirmed"}
    signed = RelationVocabulary(VOCABULARY.names, {"P19": TypeConstraint(head=frozenset({"LOC"}))})
    assert from_graph(read_news(BORN), verdicts, signed) == (
        [],
        {
            "statements that the vocabulary does not admit": 1,
            "verdicts on edges that no document states": 1,
        },
    )
    assert from_graph(read_news(BORN, document="press:2"), {BORN: "confirmed"}) == (
        [],
        {"documents that the source has no more, or in another version": 1},
    )
