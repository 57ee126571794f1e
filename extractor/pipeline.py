"""The whole path: documents in, extractions out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import torch

from extractor import clusters, linking, statements
from extractor.atlop.batching import DEFAULT_BUDGET, Budget
from extractor.atlop.features import build_features
from extractor.atlop.precision import Precision
from extractor.atlop.scoring import WindowScores, score
from extractor.checkpoint import Checkpoint
from extractor.detection import detect
from extractor.errors import DocumentRejected
from extractor.schema import Candidate, Cluster, Document, Entity, Extraction, Span
from extractor.sentences import split_sentences


class EntityIndex(Protocol):
    """Where names are looked up."""

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return for each name the entries that it may stand for, in a total order."""
        ...


class Extractor:
    """Finds mentions, links entities and extracts statements, in batches, on one device.

    `seconds` adds up the time spent by stage: mentions, linking, relations.
    """

    def __init__(
        self,
        checkpoint: Checkpoint,
        index: EntityIndex,
        *,
        device: str = "auto",
        budget: Budget = DEFAULT_BUDGET,
        precision: Precision = "fp32",
        max_characters: int = 500_000,
    ) -> None:
        chosen = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        self._checkpoint = checkpoint
        self._atlop = checkpoint.atlop.to(chosen)
        self._tagger = checkpoint.tagger.to(chosen)
        self._index = index
        self._budget = budget
        self._precision: Precision = precision
        self._max_characters = max_characters
        self.relations = checkpoint.relations
        self.checkpoint_name = checkpoint.name
        self.seconds: dict[str, float] = {"mentions": 0.0, "linking": 0.0, "relations": 0.0}

    def extract(self, documents: Sequence[Document]) -> list[Extraction]:
        """Extract a batch of documents.

        Raises:
            DocumentRejected: one document cannot be processed; the others are fine without it.
        """
        for document in documents:
            self._check(document)
        try:
            return self._extract(documents)
        except (torch.OutOfMemoryError, FloatingPointError) as error:
            if len(documents) == 1:
                raise DocumentRejected(documents[0].id, _reason(error)) from error
        return [found for document in documents for found in self.extract([document])]

    def choices(self, document: Document) -> list[linking.Choice]:
        """Return what each entity of a document may be, in the order of its first mention.

        Raises:
            DocumentRejected: the document cannot be processed.
        """
        self._check(document)
        (found,) = self._clusters([document])
        candidates = self._candidates([document], [found])
        return linking.rank_clusters(document, found, candidates, linking.shipped_weights())

    def _extract(self, documents: Sequence[Document]) -> list[Extraction]:
        sentences = [document.sentences or split_sentences(document.text) for document in documents]
        with self._timed("mentions"):
            clustered = self._clusters(documents)
        with self._timed("linking"):
            entities = self._link(documents, clustered)
        with self._timed("relations"):
            return self._relations(documents, sentences, entities)

    def _check(self, document: Document) -> None:
        if not document.text.strip():
            raise DocumentRejected(document.id, "the text is empty")
        if len(document.text) > self._max_characters:
            raise DocumentRejected(
                document.id,
                f"{len(document.text):,} characters are more than the {self._max_characters:,} "
                "allowed; split it, or raise FACTLOOM_EXTRACTOR__MAX_CHARACTERS",
            )

    def _clusters(self, documents: Sequence[Document]) -> list[tuple[Cluster, ...]]:
        """Keep the clusters that documents bring, detect and cluster mentions in the others."""
        bare = [document for document in documents if not document.clusters]
        found = detect(
            self._tagger,
            self._checkpoint.tokenizer,
            [document.text for document in bare],
            budget=self._budget,
        )
        detected = (
            clusters.cluster_mentions(document.text, mentions)
            for document, mentions in zip(bare, found, strict=True)
        )
        return [document.clusters or next(detected) for document in documents]

    def _link(
        self,
        documents: Sequence[Document],
        clustered: Sequence[Sequence[Cluster]],
    ) -> list[tuple[Entity, ...]]:
        candidates = self._candidates(documents, clustered)
        return [
            linking.link_clusters(document, found, candidates)
            for document, found in zip(documents, clustered, strict=True)
        ]

    def _candidates(
        self, documents: Sequence[Document], clustered: Sequence[Sequence[Cluster]]
    ) -> Mapping[str, Sequence[Candidate]]:
        names = {
            name
            for document, found in zip(documents, clustered, strict=True)
            for cluster in linking.names_to_look_up(document, found)
            for name in cluster
        }
        return self._index.candidates(sorted(names), limit=linking.MOST_CANDIDATES)

    def _relations(
        self,
        documents: Sequence[Document],
        sentences: Sequence[Sequence[Span]],
        entities: Sequence[tuple[Entity, ...]],
    ) -> list[Extraction]:
        features = [
            build_features(
                document.text,
                spans,
                [entity.mentions for entity in found],
                tokenizer=self._checkpoint.tokenizer,
                max_pieces=self._atlop.encoder.max_pieces,
                markers=self._atlop.config.markers,
                candidate=self._candidate,
            )
            for document, spans, found in zip(documents, sentences, entities, strict=True)
        ]
        scores = score(
            self._atlop,
            features,
            pad_id=self._checkpoint.tokenizer.pad_token_id,
            vocabulary=self.relations,
            budget=self._budget,
            precision=self._precision,
        )
        return [
            self._extraction(document, spans, found, windows, built.unscored_pairs)
            for document, spans, found, windows, built in zip(
                documents, sentences, entities, scores, features, strict=True
            )
        ]

    def _candidate(self, head_type: str, tail_type: str) -> bool:
        """Tell whether a pair of types may hold a relation, by rule and by what labels showed."""
        return self.relations.candidate(
            head_type, tail_type
        ) and self._checkpoint.signatures.candidate(head_type, tail_type)

    def _extraction(
        self,
        document: Document,
        sentences: Sequence[Span],
        entities: tuple[Entity, ...],
        windows: Sequence[WindowScores],
        unscored_pairs: int,
    ) -> Extraction:
        asserted = statements.decode(
            document,
            sentences,
            entities,
            _ordered_pairs(windows),
            relations=self.relations,
            calibrator=self._checkpoint.calibrator,
            evidence=self._checkpoint.evidence,
        )
        kept, rejected = statements.possible(asserted, entities, self._checkpoint.signatures)
        return Extraction(
            document=document,
            entities=entities,
            statements=kept,
            unscored_pairs=unscored_pairs,
            rejected=rejected,
        )

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] += time.perf_counter() - started


def _reason(error: Exception) -> str:
    if isinstance(error, FloatingPointError):
        return str(error)
    return "it does not fit in the memory of the device; split it, or use a larger device"


def _ordered_pairs(windows: Sequence[WindowScores]) -> Iterator[statements.PairMargins]:
    for window in windows:
        for row, (first, second) in enumerate(window.pairs):
            for way, (head, tail) in enumerate(((first, second), (second, first))):
                yield statements.PairMargins(
                    head=head,
                    tail=tail,
                    margins=window.margins[row, way],
                    first_sentence=window.first_sentence,
                    sentence_shares=window.sentence_shares[row],
                )
