"""Which edges a simulated person judges, and how."""

from __future__ import annotations

import pytest

from benchmarks.training.parts.simulated_person import (
    MOST_DOCUMENTS,
    Edge,
    Verdict,
    corrections,
    random_confirmations,
    true_edges,
)
from tests.unit.extractor.annotated import labelled


def edge(head: str, relation: str = "P19", tail: str = "France") -> Edge:
    return Edge(head=head, relation=relation, tail=tail)


def test_true_edges_are_those_of_the_labels_between_the_entities_of_the_graph() -> None:
    item = labelled(
        "[Ada|PER|0] left [Kent|LOC|1], where [she|PER|0] and [Bert|PER|2] lived.",
        (0, "P27", 1),
        (2, "P27", 1),
        title="Ada",
    )
    entities = {("Ada", 0, 3): "one", ("Ada", 9, 13): "Q23", ("Other", 30, 34): "two"}
    assert true_edges([item], entities) == {edge("one", "P27", "Q23")}


def test_wrong_edges_are_rejected_and_true_ones_confirmed() -> None:
    stated = {
        edge("Ada"): {"a"},
        edge("Bert"): {"a"},
        edge("Carl"): {"a"},
        edge("Dora", "P17"): {"a"},
    }
    true = {edge("Ada", "P27"), edge("Bert"), edge("Dora", "P27")}
    assert corrections(stated, true) == [
        Verdict(edge=edge("Ada"), verdict="rejected"),
        Verdict(edge=edge("Ada", "P27"), verdict="confirmed"),
        Verdict(edge=edge("Bert"), verdict="confirmed"),
        Verdict(edge=edge("Carl"), verdict="rejected"),
    ]


def test_no_verdict_reaches_more_than_the_chosen_documents() -> None:
    stated = {edge(f"Person {n}"): {f"{n:03}"} for n in range(40)}
    stated |= {edge(f"Twin of {n}"): {f"{n:03}"} for n in range(35, 40)}
    stated[edge("Everywhere")] = {"035", "020"}
    stated[edge("Chosen twice")] = {"035", "036"}
    judged = {each.edge for each in corrections(stated, set())}
    documents = set().union(*(stated[each] for each in judged))
    assert len(documents) == MOST_DOCUMENTS
    assert {f"{n:03}" for n in range(35, 40)} <= documents
    assert edge("Chosen twice") in judged


def test_random_confirmations_are_right_edges_of_other_relations() -> None:
    stated = {edge(f"{n}", f"P{n % 4 + 16}"): {f"{n // 10}"} for n in range(100)}
    true = {each for each in stated if int(each.head) % 3}
    chosen = random_confirmations(stated, true, count=12, documents=5, seed=1)
    assert len(chosen) == 12
    assert {each.verdict for each in chosen} == {"confirmed"}
    edges = {each.edge for each in chosen}
    assert edges <= true
    assert not {each.relation for each in edges} & {"P19", "P27"}
    assert len(set().union(*(stated[each] for each in edges))) == 5
    assert chosen == random_confirmations(stated, true, count=12, documents=5, seed=1)
    assert chosen != random_confirmations(stated, true, count=12, documents=5, seed=2)
    with pytest.raises(ValueError, match="ample"):
        random_confirmations(stated, true, count=90, documents=5, seed=1)
