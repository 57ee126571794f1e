"""Corrections as labels: on their evidence documents, with names that stand for one entity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.export.labels import (
    DocumentLabels,
    LabelsLeftOut,
    confident_edges,
    document_labels,
    verdicts_of,
)
from graph.model.records import Correction

Record = dict[str, Any]
NAMES = {"Q1": ["Ada Lovelace", "Ada"], "Q2": ["Paris"], "Q3": ["Charles I", "Charles"]}
EVIDENCE = [
    ("a:1", "Q1", "P19", "Q2"),
    ("a:1", "Q1", "P20", "Q2"),
    ("a:1", "Q2", "P1", "Q1"),
    ("a:2", "Q1", "P19", "Q2"),
    ("b:1", "Q3", "P20", "Q2"),
    ("a:3", "Q3", "P5", "Q1"),
]


class Evidence:
    """Answers the two statements that labels need."""

    def __init__(self, names: dict[str, list[str]] = NAMES) -> None:
        self._names = names

    def read(self, statement: str, /, **parameters: Any) -> list[Record]:
        """Return the records of a statement."""
        rows: Sequence[str] = parameters["rows"]
        if statement == "export_named":
            return [
                {
                    "document": document,
                    "content_hash": f"hash of {document}",
                    "entity": entity,
                    "type": "MISC",
                    "names": names,
                    "spans": [0, 3],
                }
                for document in rows
                for entity, names in self._names.items()
            ]
        assert statement == "export_stated"
        return [
            {
                "edge": edge,
                "document": document,
                "source": document[0],
                "head": head,
                "relation": relation,
                "tail": tail,
                "said": f"{head}|{relation}|{tail}",
            }
            for edge in rows
            for document, head, relation, tail in EVIDENCE
            if any(
                own == document and f"{h}|{r}|{t}" == edge and (h, t) == (head, tail)
                for own, h, r, t in EVIDENCE
            )
        ]


def correction(head: str, relation: str, tail: str, verdict: str) -> Correction:
    return Correction(
        head=head, relation=relation, tail=tail, verdict=verdict, by="me", at="2026-01-01T00:00:00Z"
    )


def judged(
    *corrections: Correction, source: str | None = None, names: dict[str, list[str]] = NAMES
) -> tuple[list[DocumentLabels], LabelsLeftOut]:
    left_out = LabelsLeftOut()
    return list(
        document_labels(Evidence(names).read, verdicts_of(corrections), left_out, source=source)
    ), left_out


def rows(document: DocumentLabels) -> list[tuple[str, str, str, str]]:
    return [(row.head, row.relation, row.tail, row.verdict) for row in document.rows]


def test_a_verdict_stands_on_each_document_that_is_evidence() -> None:
    found, left_out = judged(correction("Q1", "P19", "Q2", "rejected"))
    assert [document.id for document in found] == ["a:1", "a:2"]
    assert rows(found[1]) == [("Q1", "P19", "Q2", "rejected")]
    assert found[1].content_hash == "hash of a:2"
    assert [(entity.id, entity.name) for entity in found[1].entities] == [
        ("Q1", "Ada Lovelace"),
        ("Q2", "Paris"),
        ("Q3", "Charles I"),
    ]
    assert left_out == LabelsLeftOut()


def test_what_is_said_of_the_pair_otherwise_goes_along() -> None:
    (first, _), _ = judged(correction("Q1", "P19", "Q2", "confirmed"))
    assert rows(first) == [
        ("Q1", "P19", "Q2", "confirmed"),
        ("Q1", "P20", "Q2", "asserted"),
    ]


def test_two_verdicts_on_a_pair_meet_in_its_document() -> None:
    (first, _), _ = judged(
        correction("Q1", "P19", "Q2", "confirmed"), correction("Q1", "P20", "Q2", "rejected")
    )
    assert [row[3] for row in rows(first)] == ["confirmed", "rejected"]


def test_a_confirmed_edge_goes_along_where_another_of_its_pair_is_judged() -> None:
    found, left_out = judged(
        correction("Q1", "P19", "Q2", "rejected"), correction("Q1", "P27", "Q2", "confirmed")
    )
    assert [document.id for document in found] == ["a:1", "a:2"]
    assert rows(found[1]) == [("Q1", "P19", "Q2", "rejected"), ("Q1", "P27", "Q2", "confirmed")]
    assert left_out == LabelsLeftOut()


def test_only_documents_of_the_chosen_source_count() -> None:
    both = (correction("Q1", "P19", "Q2", "rejected"), correction("Q3", "P20", "Q2", "rejected"))
    found, left_out = judged(*both, source="b")
    assert [document.id for document in found] == ["b:1"]
    assert left_out.without_document == 0


def test_an_edge_that_no_document_states_is_counted() -> None:
    found, left_out = judged(correction("Q2", "P999", "Q3", "confirmed"))
    assert (found, left_out.without_document) == ([], 1)


def test_a_name_of_two_entities_is_never_chosen() -> None:
    shared = NAMES | {"Q1": ["CHARLES", "Ada"], "Q2": ["Páris"]}
    (first, _), _ = judged(correction("Q1", "P19", "Q2", "rejected"), names=shared)
    assert [entity.name for entity in first.entities] == ["Ada", "Páris", "Charles I"]
    nameless = NAMES | {"Q1": ["charles"]}
    (first, _), _ = judged(correction("Q1", "P19", "Q2", "rejected"), names=nameless)
    assert [entity.name for entity in first.entities] == ["", "Paris", "Charles I"]


def test_confident_edges_are_read_head_by_head() -> None:
    heads = [f"Q{n:03}" for n in range(450)]
    asked: list[float] = []

    def read(statement: str, /, **parameters: Any) -> list[Record]:
        if statement == "export_entity_ids":
            rest = [head for head in heads if head > parameters["after"]]
            return [{"id": head} for head in rest[: parameters["limit"]]]
        asked.append(parameters["least"])
        return [{"head": head, "relation": "P1", "tail": "Q2"} for head in parameters["rows"]]

    assert confident_edges(read, 0.9) == {(head, "P1", "Q2"): "confident" for head in heads}
    assert set(asked) == {0.9}
