"""Evidence -> edge: what all evidence of one (head, relation, tail) adds up to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ASSERTED, CONFIRMED, REJECTED = "asserted", "confirmed", "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What one document contributes to an edge, with the document's times."""

    document: str
    margin: float
    probability: float
    text: str
    checkpoint: str
    updated_at: str
    extracted_at: str


def edge_properties(
    relation: str, evidence: Sequence[Evidence], *, champion: str, verdict: str | None = None
) -> dict[str, Any] | None:
    """Return the properties of an edge, or None where nothing supports it.

    The same evidence gives the same floats in every order. Margins of two checkpoints never meet:
    the champion's evidence counts where there is any, else that of the checkpoint that wrote last.

    Args:
        relation: The relation's id.
        evidence: All evidence of the edge.
        champion: The checkpoint whose margins count first.
        verdict: What the newest correction says, 'confirmed' or 'rejected'. A confirmed edge stays
            without other evidence, as its correction is its evidence.
    """
    if not evidence:
        return _confirmed_alone(relation) if verdict == CONFIRMED else None
    checkpoint = _checkpoint(evidence, champion)
    counted = [each for each in evidence if each.checkpoint == checkpoint]
    times = [each.updated_at for each in evidence]
    return {
        "id": relation,
        "margin": max(each.margin for each in counted),
        "probability": _probability(counted),
        "documents": len({each.document for each in evidence}),
        "checkpoint": checkpoint,
        "first_seen": min(times),
        "last_seen": max(times),
        "status": verdict or ASSERTED,
    }


def _checkpoint(evidence: Sequence[Evidence], champion: str) -> str:
    newest = max(evidence, key=lambda each: (each.extracted_at, each.checkpoint)).checkpoint
    return champion if any(each.checkpoint == champion for each in evidence) else newest


def _probability(evidence: Sequence[Evidence]) -> float:
    """Return 1 - prod(1 - p) over distinct sentences, as copies of one sentence are one witness."""
    best: dict[str, float] = {}
    for each in evidence:
        best[each.text] = max(each.probability, best.get(each.text, 0.0))
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
        "checkpoint": "",
        "first_seen": "",
        "last_seen": "",
        "status": CONFIRMED,
    }
