"""Scores of a checkpoint against gold: relation F1 and Ign F1, trust, mention F1."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.calibration import evidence, reliability
from extractor.calibration.counts import Score, micro, score_of
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import LabelledDocument, Triple
from extractor.encoder.precision import Precision
from extractor.errors import DatasetRejected
from extractor.evaluation.cells import Cells, gold_cells, gold_triples
from extractor.evaluation.gold import score_gold
from extractor.evaluation.gold_evidence import evidence_cases
from extractor.mentions.detection import detect

Fact = tuple[str, str, str]
"""Head name, relation id, tail name: what a model could know by heart."""
CANDIDATE_PROBABILITY = 0.05
"""Cells that are less probable do not count in the calibration error: nearly all do not hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustScores:
    """How far probabilities and evidence can be trusted; None where nothing could be measured."""

    ece: float | None
    """Expected calibration error, 15 bins of equal mass, cells with a probability >= 0.05."""
    ece_asserted: float | None
    """The same over asserted triples."""
    brier: float | None
    """Over the cells of `ece`, which are not the same for two models."""
    squared_error: float | None
    """Sum of (probability - truth)^2 over all cells, divided by the gold triples: up to a factor,
    the Brier score of every triple there could be. Two models can be compared by it."""
    auprc: float | None
    risk_coverage: float | None
    """Area under the curve of risk by coverage, over asserted triples."""
    evidence: Score
    """Of evidence sentences, given gold triples."""
    evidence_attention: Score
    """By DREEAM's rule as published: a share of attention above 0.2."""
    evidence_baseline: Score
    """Of the sentences that mention both arguments, else either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationScores:
    """Relation scores on gold mentions and clusters."""

    f1: Score
    ign_f1: Score
    """Asserted triples whose fact the training documents state are left out of the precision."""
    trust: TrustScores
    documents: int
    unscored_pairs: int
    """Ordered entity pairs that no window shows together."""
    by_document: tuple[tuple[int, int, int, int], ...]
    """Of each document: entities, triples right, asserted, gold."""
    by_relation: Mapping[str, tuple[tuple[int, int, int, int], ...]]
    """Relation -> of each document with any: its index, triples right, asserted, gold."""


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
    precision: Precision = "fp32",
) -> RelationScores:
    """Score a checkpoint's relations on gold mentions.

    Args:
        checkpoint: what to score.
        documents: labelled documents that it has not seen.
        training_documents: what it was trained on, for Ign F1.
        precision: of matrix products.

    Raises:
        DatasetRejected: the checkpoint has seen one of the documents.
    """
    refuse_seen(documents, checkpoint.record.relation_documents_seen, checkpoint=checkpoint.name)
    scored = score_gold(
        checkpoint.atlop, checkpoint.tokenizer, documents, checkpoint.relations, precision=precision
    )
    cells = gold_cells(scored.windows, documents, checkpoint.relations)
    asserted = cells.margin > 0
    predicted, gold = cells.triples(asserted), gold_triples(documents)
    cases = evidence_cases(scored.windows, documents, checkpoint.relations)
    return RelationScores(
        f1=micro(len(predicted & gold), len(predicted), len(gold)),
        ign_f1=ign_score(predicted, gold, documents, facts(training_documents)),
        trust=_trust(checkpoint, cells, cases),
        documents=len(documents),
        unscored_pairs=scored.unscored_pairs,
        by_document=_by_document(cells, asserted, documents),
        by_relation=_by_relation(predicted, gold),
    )


def _trust(
    checkpoint: Checkpoint, cells: Cells, cases: Sequence[evidence.EvidenceCase]
) -> TrustScores:
    chances = checkpoint.calibrator.probabilities(cells.margin, cells.column)
    likely, asserted = chances >= CANDIDATE_PROBABILITY, cells.margin > 0
    baseline = evidence.evidence_counts(
        (evidence.cooccurrence_sentences(case.head_sentences, case.tail_sentences), case.gold)
        for case in cases
    )
    return TrustScores(
        ece=reliability.ece(chances[likely], cells.holds[likely]),
        ece_asserted=reliability.ece(chances[asserted], cells.holds[asserted]),
        brier=reliability.brier(chances[likely], cells.holds[likely]),
        squared_error=_squared_error(chances, cells),
        auprc=reliability.auprc(chances, cells.holds, gold=cells.gold),
        risk_coverage=reliability.risk_coverage(chances[asserted], cells.holds[asserted]).area,
        evidence=micro(*evidence.rule_counts(cases, checkpoint.evidence)),
        evidence_attention=micro(*evidence.rule_counts(cases, evidence.EvidenceRule())),
        evidence_baseline=micro(*baseline),
    )


def _squared_error(chances: NDArray[np.float64], cells: Cells) -> float | None:
    """Return the mean over gold triples; one outside of the cells has the probability 0."""
    if not cells.gold:
        return None
    missed = cells.gold - int(cells.holds.sum())
    return (float(np.sum((chances - cells.holds) ** 2)) + missed) / cells.gold


def _by_relation(
    predicted: set[Triple], gold: set[Triple]
) -> dict[str, tuple[tuple[int, int, int, int], ...]]:
    right, asserted, true = (
        Counter((relation, document) for document, _, relation, _ in triples)
        for triples in (predicted & gold, predicted, gold)
    )
    rows: defaultdict[str, list[tuple[int, int, int, int]]] = defaultdict(list)
    for key in sorted(asserted | true):
        relation, document = key
        rows[relation].append((document, right[key], asserted[key], true[key]))
    return {relation: tuple(found) for relation, found in rows.items()}


def _by_document(
    cells: Cells, asserted: NDArray[np.bool_], documents: Sequence[LabelledDocument]
) -> tuple[tuple[int, int, int, int], ...]:
    size = len(documents)
    right = np.bincount(cells.document[asserted & cells.holds], minlength=size).tolist()
    found = np.bincount(cells.document[asserted], minlength=size).tolist()
    return tuple(
        (len(item.document.clusters), right[n], found[n], len(item.labels))
        for n, item in enumerate(documents)
    )


def ign_score(
    predicted: set[Triple],
    gold: set[Triple],
    documents: Sequence[LabelledDocument],
    known: set[Fact],
) -> Score:
    """Return DocRED's Ign scores: known facts leave the precision, recall stays as it is.

    Args:
        predicted: asserted triples.
        gold: the labels.
        documents: what the triples are about.
        known: facts that the training documents state, of `facts`.
    """
    right = predicted & gold
    ignored = sum(1 for triple in right if facts_of(documents, triple) & known)
    precision = (len(right) - ignored) / max(len(predicted) - ignored, 1)
    return score_of(precision, len(right) / len(gold) if gold else 0.0)


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


def unseen_by_detectors(
    documents: Sequence[LabelledDocument], *checkpoints: Checkpoint
) -> list[LabelledDocument]:
    """Return documents that no detector of these was trained on, with every mention marked."""
    seen = frozenset().union(*(each.record.mention_titles for each in checkpoints))
    return [
        item for item in documents if item.document.title not in seen and item.marks_every_mention
    ]


def evaluate_mentions(
    checkpoint: Checkpoint, documents: Sequence[LabelledDocument]
) -> tuple[Score, Score]:
    """Return strict mention scores of a checkpoint: by span, and by span and type.

    Raises:
        DatasetRejected: its detector was trained on one of the documents.
    """
    seen = frozenset(checkpoint.record.mention_titles)
    refuse_seen(documents, seen, checkpoint="the mention detector")
    texts = [item.document.text for item in documents]
    blocks = [item.document.blocks for item in documents]
    found = detect(checkpoint.tagger, checkpoint.tokenizer, texts, blocks=blocks)
    clusters = [item.document.clusters for item in documents]
    marked = [[mention for each in some for mention in each.mentions] for some in clusters]
    gold, predicted = (
        {(n, m.start, m.end, m.type) for n, mentions in enumerate(each) for m in mentions}
        for each in (marked, found)
    )
    gold_spans = {key[:3] for key in gold}
    spans = {key[:3] for key in predicted}
    return (
        micro(len(spans & gold_spans), len(spans), len(gold_spans)),
        micro(len(predicted & gold), len(predicted), len(gold)),
    )
