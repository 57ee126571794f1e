"""Scores of a checkpoint against gold: relation F1 and Ign F1, mention F1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transformers import PreTrainedTokenizerBase

from extractor.checkpoint import Checkpoint, TrainingRecord
from extractor.detection import detect
from extractor.docred import LabelledDocument
from extractor.errors import DatasetRejected
from extractor.features import build_features
from extractor.mentions import MentionTagger
from extractor.model import Atlop
from extractor.relations import RelationVocabulary
from extractor.scoring import WindowScores, score

Triple = tuple[int, int, str, int]
"""Document index, head cluster, relation id, tail cluster."""
Fact = tuple[str, str, str]
"""Head name, relation id, tail name: what a model could know by heart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Precision, recall and F1, as fractions of 1."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationScores:
    """Relation scores on gold mentions and clusters."""

    f1: Score
    ign_f1: Score
    """Asserted triples whose fact the training documents state are left out of the precision."""
    documents: int


def micro(right: int, predicted: int, gold: int) -> Score:
    """Return micro-averaged precision, recall and F1 from counts."""
    precision = right / predicted if predicted else 0.0
    recall = right / gold if gold else 0.0
    total = precision + recall
    return Score(
        precision=precision, recall=recall, f1=2 * precision * recall / total if total else 0.0
    )


def refuse_seen(
    documents: Sequence[LabelledDocument], seen: frozenset[str], *, checkpoint: str
) -> None:
    """Refuse to score a model on documents that it saw.

    Raises:
        DatasetRejected: at least one was seen; the message counts them and names one.
    """
    known = [item.document.title for item in documents if item.document.title in seen]
    if known:
        raise DatasetRejected(
            f"{checkpoint} was trained on {len(known)} of the {len(documents)} documents, "
            f"{known[0]!r} among them: score it on documents that it has not seen"
        )


def evaluate_relations(
    checkpoint: Checkpoint,
    documents: Sequence[LabelledDocument],
    *,
    training_documents: Sequence[LabelledDocument],
    batch_windows: int = 8,
) -> RelationScores:
    """Score a checkpoint's relations on gold mentions.

    Args:
        checkpoint: what to score.
        documents: labelled documents that it has not seen.
        training_documents: what it was trained on, for Ign F1.
        batch_windows: windows in a batch.

    Raises:
        DatasetRejected: the checkpoint has seen one of the documents.
    """
    refuse_seen(documents, checkpoint.record.relation_documents_seen, checkpoint=checkpoint.name)
    scores = score_gold(
        checkpoint.atlop, checkpoint.tokenizer, documents, batch_windows=batch_windows
    )
    predicted = {
        triple for triple, _ in asserted_triples(scores, checkpoint.relations, threshold=0.0)
    }
    gold = gold_triples(documents)
    known = facts(training_documents)
    right = predicted & gold
    ignored = {triple for triple in right if facts_of(documents, triple) & known}
    return RelationScores(
        f1=micro(len(right), len(predicted), len(gold)),
        ign_f1=_ign(len(right), len(ignored), len(predicted), len(gold)),
        documents=len(documents),
    )


def _ign(right: int, ignored: int, predicted: int, gold: int) -> Score:
    """Return DocRED's Ign scores: known facts leave the precision, recall stays as it is."""
    precision = (right - ignored) / max(predicted - ignored, 1)
    recall = right / gold if gold else 0.0
    total = precision + recall
    return Score(
        precision=precision, recall=recall, f1=2 * precision * recall / total if total else 0.0
    )


def score_gold(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    *,
    batch_windows: int = 8,
) -> list[list[WindowScores]]:
    """Score documents with their gold clusters as entities."""
    features = [
        build_features(
            item.document.text,
            item.document.sentences,
            [cluster.mentions for cluster in item.document.clusters],
            tokenizer=tokenizer,
            max_pieces=atlop.encoder.max_pieces,
        )
        for item in documents
    ]
    return score(atlop, features, pad_id=tokenizer.pad_token_id, batch_windows=batch_windows)


def asserted_triples(
    scores: Sequence[Sequence[WindowScores]], relations: RelationVocabulary, *, threshold: float
) -> Iterable[tuple[Triple, float]]:
    """Yield the triples with a margin above a threshold, and the margin; windows may repeat one."""
    for document, windows in enumerate(scores):
        for window in windows:
            for pair, way, column in zip(*(window.margins > threshold).nonzero(), strict=True):
                ends = window.pairs[pair] if way == 0 else window.pairs[pair][::-1]
                triple = (document, ends[0], relations.ids[column], ends[1])
                yield triple, float(window.margins[pair, way, column])


def gold_triples(documents: Sequence[LabelledDocument]) -> set[Triple]:
    """Return the labels as triples."""
    return {
        (index, label.head, label.relation, label.tail)
        for index, item in enumerate(documents)
        for label in item.labels
    }


def facts(documents: Sequence[LabelledDocument]) -> set[Fact]:
    """Return every fact that labelled documents state, under every pair of names."""
    return set().union(
        *(facts_of(documents, triple) for triple in gold_triples(documents)), frozenset()
    )


def facts_of(documents: Sequence[LabelledDocument], triple: Triple) -> set[Fact]:
    """Return a triple under every pair of names that its document uses."""
    index, head, relation, tail = triple
    document = documents[index].document

    def names(cluster: int) -> set[str]:
        mentions = document.clusters[cluster].mentions
        return {document.text[mention.start : mention.end] for mention in mentions}

    return {(a, relation, b) for a in names(head) for b in names(tail)}


def evaluate_mentions(
    tagger: MentionTagger,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[LabelledDocument],
    record: TrainingRecord,
    *,
    batch_windows: int = 8,
) -> tuple[Score, Score]:
    """Return strict mention scores: by span, and by span and type.

    Raises:
        DatasetRejected: the tagger was trained on one of the documents.
    """
    refuse_seen(documents, frozenset(record.mention_titles), checkpoint="the mention detector")
    found = detect(
        tagger,
        tokenizer,
        [item.document.text for item in documents],
        batch_windows=batch_windows,
    )
    gold = {
        (index, mention.start, mention.end, mention.type)
        for index, item in enumerate(documents)
        for cluster in item.document.clusters
        for mention in cluster.mentions
    }
    predicted = {
        (index, mention.start, mention.end, mention.type)
        for index, mentions in enumerate(found)
        for mention in mentions
    }
    gold_spans = {key[:3] for key in gold}
    spans = {key[:3] for key in predicted}
    return (
        micro(len(spans & gold_spans), len(spans), len(gold_spans)),
        micro(len(predicted & gold), len(predicted), len(gold)),
    )
