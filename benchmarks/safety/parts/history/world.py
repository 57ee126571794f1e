"""Everything around one graph: sources, entity index, checkpoints, and the commands, as people run
them. A new champion or index means a new process, so the parts of this one are forgotten then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.safety.parts.graph_servers import Access
from benchmarks.safety.parts.history.documents import Documents
from benchmarks.safety.parts.history.engine import without_prefect
from benchmarks.safety.parts.history.entries import Entries
from benchmarks.safety.parts.history.reading import RELATIONS, Reader
from benchmarks.safety.parts.history.verdicts import Verdicts
from corpus.source import DocumentSource
from extractor.digests import seal
from extractor.manifest import FORMAT
from extractor.relations import RelationVocabulary
from flows import components
from flows.backfill.flow import backfill
from flows.ingest.flow import ingest
from flows.params import BackfillParams, IngestParams, ReconcileParams, ReplayParams
from flows.reconcile import reconcile
from flows.registry import Models
from flows.replay import replay
from flows.shared import shared_property
from graph.client import Graph
from graph.model.records import Correction

CHECKPOINTS = ("one", "two")
NO_TIME = 1e-9
"""Minutes of a backfill that settles edges and extracts nothing."""


@dataclass(slots=True)
class World:
    """One graph, and what it stands for."""

    folder: Path
    server: Access
    entries: Entries = field(init=False)
    sources: tuple[Documents, ...] = field(init=False)
    verdicts: Verdicts = field(default_factory=Verdicts)
    refused: set[str] = field(default_factory=set)
    """Documents that the extractor fails at today."""

    def __post_init__(self) -> None:
        self.entries = Entries(self.folder / "entities.jsonl")
        self.sources = (
            Documents("whole", self.folder / "whole.jsonl", positioned=False),
            Documents("numbered", self.folder / "numbered.jsonl", positioned=True),
        )
        self.begin_again()

    @property
    def graph(self) -> Graph:
        """The graph that the commands write to."""
        return components.components().graph

    @property
    def models(self) -> Models:
        """The registry of checkpoints."""
        return Models(self.folder / "one", self.folder / "models")

    def begin_again(self) -> None:
        """Let there be no graph, no documents, the first index and the first checkpoint."""
        self.empty()
        self.entries = Entries(self.entries.path)
        self.entries.write()
        for source in self.sources:
            source.records.clear()
            source.save()
        self.verdicts = Verdicts()
        self.refused.clear()
        (self.folder / "models" / "champion").unlink(missing_ok=True)
        self.new_process()

    def empty(self) -> None:
        """Empty the graph, of its book-keeping too."""
        self.server.empty()
        self.new_process()
        self.graph.ensure_schema()

    def new_process(self) -> None:
        """Let the next command read the settings, the champion and the entity index anew."""
        components.close_components()

    def promote(self, name: str) -> None:
        """Let a checkpoint serve."""
        self.models.promote(name)
        self.new_process()

    def ingest(self, source: Documents, **params: object) -> None:
        """Run `factloom ingest`."""
        ingest.fn(IngestParams.model_validate({**_of(source), **params}))

    def correct(self, verdicts: Sequence[Correction]) -> None:
        """Store verdicts with the records of their entities, as a restored backup does."""
        components.components().verdicts().store(verdicts)

    def replay(self, source: Documents, *documents: str) -> None:
        """Run `factloom replay`."""
        replay.fn(ReplayParams.model_validate({**_of(source), "documents": documents}))

    def reconcile(self, source: Documents, **params: object) -> None:
        """Run `factloom reconcile`."""
        reconcile.fn(ReconcileParams.model_validate({**_of(source), **params}))

    def backfill(self, source: Documents, **params: object) -> None:
        """Run `factloom backfill`."""
        backfill.fn(BackfillParams.model_validate({**_of(source), **params}))


@contextmanager
def world(folder: Path, server: Access) -> Iterator[World]:
    """Have a world of its own around the graph of a server."""
    _checkpoint(folder / "one")
    _checkpoint(folder / "models" / "two")
    made: list[World] = []

    class Parts(components.Components):
        """The parts of a process, but for the model and the sources."""

        def source(
            self, *, path: Path | None = None, name: str | None = None, raw: bool = False
        ) -> DocumentSource:
            by_path = {each.path: each for each in made[0].sources}
            return by_path[path or self.settings.source.path].source()

        @shared_property
        def extractor(self) -> Any:
            return Reader(self.champion_name, self.entities, made[0].refused)

    with ExitStack() as stack:
        components.close_components()
        stack.enter_context(patch.dict("os.environ", _settings(folder, server)))
        stack.enter_context(patch.object(components, "Components", Parts))
        stack.enter_context(without_prefect())
        stack.callback(components.close_components)
        made.append(World(folder, server))
        yield made[0]


def _of(source: Documents) -> dict[str, object]:
    return {"path": source.path, "name": source.name}


def _settings(folder: Path, server: Access) -> dict[str, str]:
    settings = {
        "HOME": str(folder),
        "SOURCE__NAME": "whole",
        "SOURCE__PATH": str(folder / "whole.jsonl"),
        "ENTITIES__PATH": str(folder / "entities.jsonl"),
        "ENTITIES__STARTER": "false",
        "EXTRACTOR__CHECKPOINT": str(folder / "one"),
        "EXTRACTOR__REGISTRY": str(folder / "models"),
        "EXTRACTOR__DEVICE": "cpu",
        "EXTRACTOR__LANGUAGES": "all",
        "RUN__BATCH_DOCUMENTS": "2",
        "RUN__MAX_FAILED_SHARE": "1.0",
        "RUN__MAX_RETRACTED_SHARE": "1.0",
        "RUN__FREE_RETRACTIONS": "0",
    }
    return {f"FACTLOOM_{name}": value for name, value in settings.items()} | server.settings


def _checkpoint(folder: Path) -> None:
    """Write what the flows read of a checkpoint without loading it."""
    folder.mkdir(parents=True)
    vocabulary = RelationVocabulary(RELATIONS).to_json()
    config = {"format": FORMAT, "relations": {"vocabulary": vocabulary}, "languages": ["en"]}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "training_record.json").write_text("{}", encoding="utf-8")
    (folder / "model.safetensors").write_bytes(folder.name.encode())
    seal(folder)
