"""Settings -> source, entity index, extractor, graph: the only wiring, once per process.

Imports of torch, Elasticsearch and the graph's driver happen when a part is first asked for, so
that a command which needs one does not wait for the others.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from config.errors import SettingsRejected
from config.settings import Settings, load_settings
from flows.connections import connect_elasticsearch, connect_graph, embedded_server
from flows.registry import Models
from flows.shared import shared_property
from graph import QUERY_SECONDS
from graph.model.records import Champion, RunInfo

if TYPE_CHECKING:
    from corpus.elasticsearch.client import Elastic
    from corpus.entities.index import EntityIndex
    from corpus.source import DocumentSource
    from extractor.pipeline import Extractor
    from extractor.relations import RelationVocabulary
    from extractor.schema import Document
    from graph.client import Graph
    from graph.server.embedded import EmbeddedServer
    from graph.writing.verdicts import Verdicts
    from graph.writing.writer import GraphWriter

log = logging.getLogger(__name__)
_lock = Lock()


class Components:
    """The parts of one process; each is built when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.models = Models(settings.extractor.checkpoint, settings.registry)
        self._opened = ExitStack()

    @shared_property
    def champion(self) -> Path:
        """Folder of the checkpoint that serves this process, wherever the pointer moves."""
        return self.models.champion()

    @shared_property
    def champion_name(self) -> str:
        """What names it in the graph; the weights are not loaded for it."""
        from extractor.digests import checkpoint_name

        return checkpoint_name(self.champion)

    @shared_property
    def languages(self) -> tuple[str, ...]:
        """Of the documents that are extracted; none: all."""
        from extractor.manifest import read_languages
        from extractor.text.language import known_languages

        chosen = self.settings.extractor.languages
        if chosen:
            origin = "FACTLOOM_EXTRACTOR__LANGUAGES"
            languages = () if chosen == "all" else tuple(chosen.split(","))
        else:  # an unknown one would leave out all documents, and retract them
            origin = f"{self.champion}, which names the languages that it speaks"
            languages = read_languages(self.champion)
        if unknown := sorted(set(languages) - known_languages()):
            raise SettingsRejected(
                [
                    f"{origin}: {unknown[0]!r} is no language that can be "
                    f"told from others: choose among {', '.join(sorted(known_languages()))}, or all"
                ]
            )
        return languages

    @shared_property
    def entities(self) -> EntityIndex:
        """The entity index, built from its files where these are newer."""
        chosen = self.settings.entities
        if chosen.kind == "elasticsearch":
            from corpus.entities.elastic import ElasticsearchEntityIndex

            index = ElasticsearchEntityIndex(self.elasticsearch, chosen.index)
            return self._opened.enter_context(closing(index))
        from corpus.entities.sqlite import SqliteEntityIndex

        path = self.settings.home / "entities.sqlite"
        report = SqliteEntityIndex.build(
            path, chosen.path, starter=chosen.starter_file, progress=_tell_entities
        )
        if report.rebuilt:
            below = " and the starter index" if chosen.starter else ""
            log.info("entity index: %d entities of %s%s", report.entities, chosen.path, below)
        return self._opened.enter_context(closing(SqliteEntityIndex(path)))

    @shared_property
    def extractor(self) -> Extractor:
        """The champion, loaded."""
        from extractor.checkpoint import Checkpoint
        from extractor.encoder.batching import Budget
        from extractor.pipeline import Extractor

        chosen = self.settings.extractor
        return Extractor(
            Checkpoint.from_pretrained(self.champion),
            self.entities,
            device=self.device(),
            budget=Budget(tokens=chosen.batch_tokens, pairs=chosen.batch_pairs),
            precision=chosen.precision,
            max_characters=chosen.max_characters,
            link_above=self.settings.entities.link_above,
        )

    @shared_property
    def graph(self) -> Graph:
        """The graph, for what writes it too."""
        return self._open_graph()

    @shared_property
    def elasticsearch(self) -> Elastic:
        """The Elasticsearch of the settings."""
        connection = connect_elasticsearch(self.settings.elasticsearch)
        return self._opened.enter_context(closing(connection))

    def source(
        self, *, path: Path | None = None, name: str | None = None, raw: bool = False
    ) -> DocumentSource:
        """Return the source of the settings, or of files at `path`.

        Args:
            path: A file or folder to read instead.
            name: Name of the source, where it is not the settings'.
            raw: Leave the gold annotation of files aside.
        """
        chosen = self.settings.source
        name = name or chosen.name
        if path is None and chosen.kind == "elasticsearch":
            from corpus.elasticsearch.source import ElasticsearchSource

            found = self.settings.elasticsearch
            return ElasticsearchSource(
                self.elasticsearch,
                name=name,
                index=found.index,
                fields=found.fields.model_dump(),
                text_format=found.text_format,
                query=found.query,
                batch_size=found.batch_size,
                follow=found.follow,
                parallel_shards=found.parallel_shards,
                time_overlap_seconds=found.time_overlap_seconds,
                time_delay_seconds=found.time_delay_seconds,
            )
        from corpus.files.source import FileSource

        return FileSource(name, path or chosen.path, gold=not raw)

    def writer(self, run: RunInfo) -> GraphWriter:
        """Return what writes to the graph for a run."""
        chosen = self.settings.graph
        return self.graph.writer(
            run,
            self.vocabulary(),
            batch_documents=chosen.batch_documents,
            assert_above=chosen.assert_above,
        )

    def verdicts(self) -> Verdicts:
        """Return what stores people's verdicts in the graph."""
        return self.graph.verdicts(self.counted_first())

    def counted_first(self) -> Champion:
        """Return what decides which evidence counts first, and which edges are asserted."""
        above = self.settings.graph.assert_above
        return Champion(self.champion_name, self.vocabulary(), above)

    def vocabulary(self) -> RelationVocabulary:
        """Return the relations of the checkpoint that serves, without loading it."""
        from extractor.manifest import read_vocabulary

        return read_vocabulary(self.champion)

    def left_out(self, document: Document) -> str | None:
        """Return why a document is not extracted, for its language; None: it is."""
        from extractor.text.language import other_language

        languages = self.languages
        found = other_language(document.text, languages) if languages else None
        if found is None:
            return None
        wanted = " or ".join(languages)
        return f"its language is {found.code!r} ({found.share:.0%} of its prose), not {wanted}"

    def server(self) -> EmbeddedServer:
        """Return the embedded graph server of the home folder, started or not."""
        return embedded_server(self.settings)

    def device(self) -> str:
        """Return the device that models run on."""
        import torch

        chosen = self.settings.extractor.device
        if chosen == "auto":
            return "cuda" if torch.cuda.is_available() else "cpu"
        return chosen

    def config_hash(self, source: str) -> str:
        """Return a hash of what, beside the document, decides what is extracted from it.

        It covers the entity index and the weights of clustering, linking and checks, but no
        checkpoint: a new one alone moves no unchanged document.
        """
        from extractor import checks, clusters, linking
        from extractor.output import config_hash

        output = config_hash(
            index=self.entities.version,
            clustering=clusters.shipped_weights().version,
            linking=linking.shipped_weights().version,
            link_above=self.settings.entities.link_above,
            checks=checks.shipped_weights().version,
            precision=self.settings.extractor.precision,
            languages=self.languages,
        )
        return hashlib.sha256(json.dumps([output, source]).encode()).hexdigest()[:16]

    def reader(self, seconds: float = QUERY_SECONDS) -> Graph:
        """Return the graph for people's questions, which it answers for so long.

        On the embedded server it is opened by an account that can only read; Neo4j's Community
        edition has none, and its transactions are opened for reading.
        """
        return self._open_graph(seconds)

    def _open_graph(self, seconds: float | None = None) -> Graph:
        return self._opened.enter_context(closing(connect_graph(self.settings, seconds)))

    def close(self) -> None:
        """Close the connections that were opened."""
        self._opened.close()


def _tell_entities(done: int, total: int) -> None:
    """Say how far a large index is: it takes about a minute for a million names."""
    if done and done % 100_000 == 0:
        log.info("building the entity index: %d of about %d entities are read", done, total)


@cache
def _of_this_process() -> Components:
    # What this process and those that it starts write holds texts and names: for its user alone.
    os.umask(0o077)
    return Components(load_settings())


def components() -> Components:
    """Return the parts of this process.

    Raises:
        SettingsRejected: the settings cannot be used.
    """
    with _lock:
        return _of_this_process()


def close_components() -> None:
    """Close the parts of this process; the next call of `components` reads the settings anew."""
    with _lock:
        if _of_this_process.cache_info().currsize:
            _of_this_process().close()
        _of_this_process.cache_clear()
