"""Dumps of a knowledge base as small as a test needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corpus.entities.file import read_entities
from corpus.knowledge.building import BuildReport, build_entities
from corpus.knowledge.kinds import Kind
from extractor.schema import Candidate


def built(path: Path, kind: Kind, **options: Any) -> tuple[list[Candidate], BuildReport]:
    output = path.with_name("entities.jsonl")
    report = build_entities(path, output, kind=kind, **options)
    entities = list(read_entities(output)) if output.exists() else []
    assert all(isinstance(each, Candidate) for each in entities)
    return [each for each in entities if isinstance(each, Candidate)], report
