"""Evidence -> edge: what all evidence of one (head, relation, tail) adds up to. Pure.

A document's evidence has the probability of what its text says of two mentions, and the confidence
that these mentions are the two entities. The edge is between entities, so it counts the product.

`plan_edges` compares that with the edges that there are, and says what is to be written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.model.records import Champion
from graph.model.rows import Row

ASSERTED, POSSIBLE = "asserted", "possible"
CONFIRMED, REJECTED = "confirmed", "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one document contributes to an edge, with the document's times."""

    document: str
    margin: float
    probability: float
    """Of what the text says, whatever its mentions are linked to."""
    link_confidence: float
    """That both mentions are the edge's entities."""
    text: str
    checkpoint: str
    updated_at: str
    extracted_at: str
    contradicts: str = ""
    """What speaks against it; empty where nothing is known to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What speaks for some edges, as it is after the transaction."""

    keys: frozenset[str]
    evidence: Mapping[str, Sequence[Evidence]]
    verdicts: Mapping[str, str]
    sought: frozenset[str]
    """Edges that may be there: there is none that had neither evidence nor a verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgePlan:
    """What makes edges what their evidence says."""

    create: Sequence[Row]
    update: Sequence[Row]
    delete: Sequence[Row]
    types: Mapping[str, str]
    """Relation -> type of its edges: the champion's, then those that only stored edges have."""

    @property
    def loose_ends(self) -> set[str]:
        """Entities that lose an edge, so that nothing may hold them any more."""
        return {end for row in self.delete for end in (row["head"], row["tail"])}


def plan_edges(
    support: Support, stored: Mapping[str, Mapping[str, Any]], champion: Champion
) -> EdgePlan:
    """Return what is to be written, so that every edge is what its evidence says.

    What is missing of a relation that only an older checkpoint knew stays so: nothing tells the
    type of its edges.

    Args:
        support: what speaks for the edges.
        stored: those of the edges that there are: `type` and `props`, by key.
        champion: whose margins count first.
    """
    create, update, delete = [], [], []
    types = {}
    for key in sorted(support.keys):
        row, before = edge_row(key), stored.get(key)
        wanted = _wanted(row, support, champion)
        if before:
            types[row["relation"]] = before["type"]
        if wanted is None:
            delete += [row] if before else []
        elif not before and row["relation"] in champion.relations.types:
            create.append({**row, "props": wanted})
        elif before and not wanted.items() <= before["props"].items():
            update.append({**row, "props": wanted})
    known = champion.relations.types
    further = {relation: types[relation] for relation in sorted(types.keys() - known.keys())}
    return EdgePlan(create=create, update=update, delete=delete, types={**known, **further})


def edge_row(key: str) -> Row:
    """Return the ends of an edge and its relation, from what names it."""
    head, relation, tail = key.split("|")
    return {"edge": key, "head": head, "relation": relation, "tail": tail}


def _wanted(row: Row, support: Support, champion: Champion) -> dict[str, Any] | None:
    """Return the properties that an edge should have; None: there should be no edge."""
    if row["head"] == row["tail"]:  # the verdict on two entities that are one now: kept, no edge
        return None
    key = row["edge"]
    return edge_properties(
        row["relation"],
        support.evidence.get(key, ()),
        champion=champion,
        verdict=support.verdicts.get(key),
    )


def edge_properties(
    relation: str, evidence: Sequence[Evidence], *, champion: Champion, verdict: str | None = None
) -> dict[str, Any] | None:
    """Return the properties of an edge, or None where nothing supports it.

    The same evidence gives the same floats in every order. Margins of two checkpoints never meet:
    the champion's evidence counts where there is any, else that of the checkpoint that wrote last.

    Args:
        relation: The relation's id.
        evidence: All evidence of the edge.
        champion: Whose margins count first, and which edges are asserted under it.
        verdict: What the newest correction says, 'confirmed' or 'rejected'. A confirmed edge stays
            without other evidence, as its correction is its evidence.
    """
    if not evidence:
        return _confirmed_alone(relation) if verdict == CONFIRMED else None
    checkpoint = _checkpoint(evidence, champion.name)
    counted = [each for each in evidence if each.checkpoint == checkpoint]
    times = [each.updated_at for each in evidence]
    probability = _probability(counted)
    return {
        "id": relation,
        "margin": max(each.margin for each in counted),
        "probability": probability,
        "documents": len({each.document for each in evidence}),
        "contradicted": contradicted(counted),
        "checkpoint": checkpoint,
        "first_seen": min(times),
        "last_seen": max(times),
        "status": verdict or status_of(probability, champion.assert_above),
    }


def status_of(probability: float, assert_above: float) -> str:
    """Return the status of an edge that nobody judged."""
    return ASSERTED if probability >= assert_above else POSSIBLE


def contradicted(evidence: Sequence[Evidence]) -> int:
    """Return in how many documents something speaks against what they say."""
    return len({each.document for each in evidence if each.contradicts})


def _checkpoint(evidence: Sequence[Evidence], champion: str) -> str:
    newest = max(evidence, key=lambda each: (each.extracted_at, each.checkpoint)).checkpoint
    return champion if any(each.checkpoint == champion for each in evidence) else newest


def _probability(evidence: Sequence[Evidence]) -> float:
    """Return 1 - prod(1 - p) over distinct sentences, as copies of one sentence are one witness.

    p is the probability of a sentence's statement times the confidence of its links.
    """
    best: dict[str, float] = {}
    for each in evidence:
        probability = each.probability * each.link_confidence
        best[each.text] = max(probability, best.get(each.text, 0.0))
    doubt = 1.0
    for text in sorted(best):  # a fixed order, so that the float is the same everywhere
        doubt *= 1.0 - best[text]
    return 1.0 - doubt


def _confirmed_alone(relation: str) -> dict[str, Any]:
    return {
        "id": relation,
        "margin": 0.0,
        "probability": 1.0,
        "documents": 0,
        "contradicted": 0,
        "checkpoint": "",
        "first_seen": "",
        "last_seen": "",
        "status": CONFIRMED,
    }
