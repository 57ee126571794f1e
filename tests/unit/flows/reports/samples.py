"""Reports and edges for the tests of what shows them."""

from __future__ import annotations

import dataclasses
from typing import Any

from corpus.source import Skipped
from flows.records import Counts, Failure
from flows.reports.ingest_report import IngestReport
from graph.model.records import FoundEdge, FoundEntity, FoundEvidence

SENTENCE = "Ada Lovelace was born in London."


def evidence(**fields: Any) -> FoundEvidence:
    """Return what one document says of an edge."""
    defaults: dict[str, Any] = {
        "document": "tests:1",
        "title": "Ada",
        "url": "",
        "margin": 2.0,
        "probability": 0.9,
        "link_confidence": 1.0,
        "checkpoint": "champion@1",
        "sentences": (0,),
        "pages": (),
        "text": SENTENCE,
        "head_names": ("Ada Lovelace",),
        "tail_names": ("London",),
    }
    return FoundEvidence(**{**defaults, **fields})


def edge(**fields: Any) -> FoundEdge:
    """Return an edge with one piece of evidence."""
    defaults: dict[str, Any] = {
        "head": "wikidata:Q7259",
        "head_name": "Ada Lovelace",
        "relation": "P19",
        "type": "PLACE_OF_BIRTH",
        "tail": "wikidata:Q84",
        "tail_name": "London",
        "margin": 2.0,
        "probability": 0.9,
        "documents": 1,
        "checkpoint": "champion@1",
        "status": "asserted",
        "first_seen": "2026-01-31T12:00:00Z",
        "last_seen": "2026-01-31T12:00:00Z",
        "evidence": (evidence(),),
    }
    return FoundEdge(**{**defaults, **fields})


def report(**fields: Any) -> IngestReport:
    """Return a report with something of everything."""
    named = {each.name for each in dataclasses.fields(Counts)}
    counts = Counts(
        **{
            "read": 9,
            "unchanged": 4,
            "skipped": 1,
            "processed": 4,
            "statements": 7,
            "entities_linked": 6,
            "entities_nil": 2,
            "margin_sum": 14.0,
            "margins": {0: 1, 1: 2, 2: 3, 3: 1},
            "failed": 1,
            "documents": 4,
            "edges_new": 5,
            "edges_changed": 1,
            "entities_new": 6,
            "seconds": {"read": 0.5, "mentions": 1.0, "relations": 2.0, "write": 0.5},
            **{name: value for name, value in fields.items() if name in named},
        }
    )
    defaults: dict[str, Any] = {
        "run": "run-1",
        "flow": "ingest",
        "source": "tests",
        "checkpoint": "champion@1",
        "skipped_records": (
            Skipped(source="a.jsonl", place="line 2", document="tests:2", reason="text is empty"),
        ),
        "failures": (Failure(document="tests:3", stage="extract", error="too long"),),
        "max_failed_share": 0.2,
        "elapsed": 2.5,
        "strongest": (edge(),),
        "doubtful": (),
        "counts": counts,
        **{name: value for name, value in fields.items() if name not in named},
    }
    return IngestReport(**defaults)


def entity(id_: str, **fields: Any) -> FoundEntity:
    """Return an entity of this id."""
    defaults: dict[str, Any] = {
        "name": "Paris",
        "type": "LOC",
        "linked": True,
        "link_confidence": 0.93,
        "description": "",
        "aliases": (),
        "documents": 1,
    }
    return FoundEntity(id=id_, **{**defaults, **fields})
