"""Labelled documents with their gold clusters -> features, and what a model says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from extractor.atlop.features import Features, build_features
from extractor.atlop.model import Atlop
from extractor.atlop.scoring import WindowScores, score
from extractor.datasets.docred import LabelledDocument
from extractor.encoder.precision import Precision
from extractor.relations import RelationVocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredDocuments:
    """What a model says of labelled documents."""

    windows: list[list[WindowScores]]
    """Of each document."""
    unscored_pairs: int
    """Ordered entity pairs of all documents that no window shows together."""


def gold_features(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
) -> list[Features]:
    """Return features of documents with their gold clusters as entities."""
    return [
        build_features(
            item.document.text,
            item.document.sentences,
            [cluster.mentions for cluster in item.document.clusters],
            tokenizer=tokenizer,
            max_pieces=atlop.encoder.max_pieces,
            markers=atlop.config.markers,
            candidate=vocabulary.candidate,
            blocks=item.document.blocks,
        )
        for item in documents
    ]


def score_gold(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
    *,
    precision: Precision = "fp32",
) -> ScoredDocuments:
    """Score documents with their gold clusters as entities."""
    features = gold_features(atlop, tokenizer, documents, vocabulary)
    windows = score(
        atlop,
        features,
        pad_id=tokenizer.pad_token_id,
        vocabulary=vocabulary,
        precision=precision,
    )
    unscored = sum(built.unscored_pairs for built in features)
    return ScoredDocuments(windows=windows, unscored_pairs=unscored)
