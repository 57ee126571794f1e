"""Labelled documents as raw texts, and what the entities that are found there stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from extractor.datasets.docred import LabelledDocument
from extractor.schema import Document, Extraction

Matches = Mapping[str, int | None]
"""Entity id -> gold cluster, by index; None: it is none of them."""


def raw(document: Document) -> Document:
    """Return a document's text and layout alone."""
    return replace(document, sentences=(), clusters=())


def majority_matches(extraction: Extraction, item: LabelledDocument) -> Matches:
    """Return for each entity the gold cluster that has more than half of its spans."""
    gold = [{(m.start, m.end) for m in cluster.mentions} for cluster in item.document.clusters]
    matches: dict[str, int | None] = {}
    for entity in extraction.entities:
        spans = {(m.start, m.end) for m in entity.mentions}
        most = (n for n, cluster in enumerate(gold) if 2 * len(cluster & spans) > len(spans))
        matches[entity.id] = next(most, None)
    return matches
