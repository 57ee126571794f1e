"""Champion and challenger on the same documents, which neither may have seen."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from extractor.calibration.comparison import DocumentTriples, paired_bootstrap
from extractor.checkpoint import Checkpoint
from extractor.datasets.splits import split_documents
from extractor.errors import DatasetRejected
from extractor.evaluation.scores import (
    RelationScores,
    evaluate_mentions,
    evaluate_relations,
    refuse_seen,
    unseen_by_detectors,
)
from flows.params import GateRules
from flows.retrain.challenge import Challenge
from flows.retrain.data import Gathered
from flows.retrain.gate import Figures, apply_rules


def refuse_what_cannot_be_compared(gathered: Gathered, champion: Path) -> None:
    """Refuse data before hours of training, if its end could not be judged.

    Raises:
        DatasetRejected: there is nothing to train on, to calibrate with or to compare on, or the
            champion has seen what it would be compared on.
    """
    split = split_documents(gathered.documents)
    for part, what in (
        (split.train, "to train on"),
        (split.dev, "to calibrate with (a tenth, by title)"),
        (split.held_out, "to compare on (the held-out fifth, by title)"),
    ):
        if not part:
            raise DatasetRejected(
                f"of {len(gathered.documents)} documents none is {what}: give more of them"
            )
    loaded = Checkpoint.from_pretrained(champion)
    refuse_seen(split.held_out, loaded.record.relation_documents_seen, checkpoint=loaded.name)


def compare_checkpoints(
    champion: Path, challenger: Path, gathered: Gathered, rules: GateRules, *, device: str, at: str
) -> Challenge:
    """Score both and let the gate judge.

    Args:
        champion: folder of the checkpoint that serves.
        challenger: folder of the one that would.
        gathered: its held-out fifth compares them; of the documents set aside those count
            that neither has seen.
        rules: the gate's.
        device: where the models run.
        at: the time, for the report.

    Raises:
        DatasetRejected: one of them has seen one of the held-out documents.
    """
    split = split_documents(gathered.documents)
    both = [Checkpoint.from_pretrained(folder) for folder in (champion, challenger)]
    seen = frozenset().union(*(each.record.relation_documents_seen for each in both))
    set_aside = [item for item in gathered.set_aside if item.document.title not in seen]
    with_mentions = unseen_by_detectors(split.held_out, *both)
    scores, figures = [], []
    for each in both:
        each.atlop.to(device)
        each.tagger.to(device)
        scored = evaluate_relations(each, split.held_out, training_documents=split.train)
        errors = _errors(
            evaluate_relations(each, set_aside, training_documents=()) if set_aside else None
        )
        mentions = evaluate_mentions(each, with_mentions)[1].f1 if with_mentions else None
        scores.append(scored)
        figures.append(_figures(each.name, scored, mentions, errors))
    counts = [np.array(each.by_document, dtype=np.int64)[:, 1:] for each in scores]
    difference = paired_bootstrap(*counts)
    relations = {
        relation: paired_bootstrap(*(_counts(each, relation) for each in scores))
        for relation, (_, _, gold) in figures[0].by_relation.items()
        if gold >= rules.relation_support
    }
    pairs = sum(len(item.labelled_pairs) for item in set_aside)
    return Challenge(
        champion=figures[0],
        challenger=figures[1],
        difference=difference,
        documents=len(split.held_out),
        judged_pairs=pairs,
        rules=apply_rules(figures[0], figures[1], difference, relations, pairs, rules),
        gathered=gathered.counts,
        left_out=gathered.left_out,
        at=at,
    )


def _figures(name: str, scored: RelationScores, mentions: float | None, errors: int) -> Figures:
    return Figures(
        name=name,
        precision=scored.f1.precision,
        recall=scored.f1.recall,
        f1=scored.f1.f1,
        ece=scored.trust.ece,
        squared_error=scored.trust.squared_error,
        mention_f1=mentions,
        by_relation={
            relation: (
                sum(row[1] for row in rows),
                sum(row[2] for row in rows),
                sum(row[3] for row in rows),
            )
            for relation, rows in scored.by_relation.items()
        },
        correction_errors=errors,
    )


def _counts(scores: RelationScores, relation: str) -> DocumentTriples:
    """Return (documents, 3): triples right, asserted and gold of one relation in each document."""
    counts = np.zeros((scores.documents, 3), dtype=np.int64)
    for document, *row in scores.by_relation.get(relation, ()):
        counts[document] = row
    return counts


def _errors(scores: RelationScores | None) -> int:
    """Return how many triples are asserted and wrong, or missed."""
    rows = scores.by_document if scores else ()
    return sum(asserted + gold - 2 * right for _, right, asserted, gold in rows)
