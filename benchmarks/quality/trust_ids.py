"""Is the probability of an edge between two ids that of the statement about these two?

The 200 documents of linked DocRED, mentions and clusters given, statements by the shipped
checkpoint, which saw 17 of them. Links are made as `linking` makes them: in five folds by document,
each with weights that it did not train. An edge is right if a document states it of these mentions
and both links are right; a NIL is itself. Edges are those that the graph makes of this evidence.

The labels of these documents are DocRED's first ones, and about two in five are there: no
probability is calibrated to them. So the probability of the text is first put on their scale, by
Platt scaling that the other folds fit, and what is measured is the way in which text and links are
combined. `complete` are the documents that Re-DocRED labels again: nothing is fitted there, most of
them trained the checkpoint, and they are few.

    ece           of 1 - prod(1 - text * links), which the graph has, over bins of equal mass
    ece_...       of other ways: without_links: the text alone; minimum: the smaller of text and
                  links; logistic: two weights and an offset, fitted by folds
    brier_...     mean squared distance of the same
    links_...     mean confidence that both ends are right, and how often they are
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.linked_data import Scored, mesh, samples, wikidata
from benchmarks.parts.linking_training import PreparedDocument, train_linking
from benchmarks.parts.report import data_folder, write
from benchmarks.quality.end_to_end import NameIndex
from benchmarks.quality.linking import FOLDS, fold_of
from benchmarks.quality.relations import CHECKPOINT
from benchmarks.training.linking_weights import trainable
from extractor.calibration.calibration import fit_platt
from extractor.calibration.reliability import Floats, Truths, brier, ece
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import LabelledDocument, read_docred
from extractor.linking import LinkingWeights, link_clusters
from extractor.pipeline import Extractor
from extractor.relations import RelationVocabulary
from extractor.schema import Cluster, Document, Entity, Extraction
from graph.model.edges import Evidence, edge_properties
from graph.model.entities import confidence
from graph.model.records import Champion

NEAREST = 1e-6
"""To 0 and 1: log-odds stay finite."""
PENALTY = 1e-3
STEPS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A statement of one document about two ids."""

    title: str
    fold: int
    edge: tuple[str, str, str]
    text: float
    """Probability of what the text says."""
    links: float
    """Confidence that both ends are right."""
    sentence: str
    labelled: bool
    complete: bool | None
    """Whether Re-DocRED labels it; None: it does not have the document."""
    linked_right: bool


def figures(data: Path) -> dict[str, float]:
    """Compare the ways to combine text and links."""
    stated = statements(data)
    documents = len({each.title for each in stated})
    text = on_the_scale_of_labels(stated)
    result = _scores(stated, text, [each.labelled for each in stated], "")
    known = [each for each in stated if each.complete is not None]
    given = np.array([each.text for each in known])
    complete = _scores(known, given, [bool(each.complete) for each in known], "complete_")
    links = np.array([each.links for each in stated])
    return {
        **result,
        **{name: value for name, value in complete.items() if "logistic" not in name},
        "links_mean": float(links.mean()),
        "links_right": float(np.mean([each.linked_right for each in stated])),
        "documents": documents,
        "statements": len(stated),
        "complete_documents": len({each.title for each in known}),
        "complete_statements": len(known),
    }


def statements(data: Path) -> list[Stated]:
    """Return what the documents state of the ids that their clusters are linked to."""
    scored = wikidata(data)
    documents = [item.linked.labelled for item in scored]
    extractor = Extractor(Checkpoint.from_pretrained(CHECKPOINT), NameIndex())
    extracted = extractor.extract([item.document for item in documents])
    again = {
        item.document.title: item for item in read_docred(data / "redocred" / "dev_revised.json")
    }
    weights = weights_by_fold(data, scored)
    found = []
    for item, extraction in zip(scored, extracted, strict=True):
        labelled = item.linked.labelled
        fold = fold_of(labelled.document.title)
        entities = linked(item, weights[fold])
        found += stated_of(labelled, extraction, entities, again.get(labelled.document.title))
    return found


def weights_by_fold(data: Path, scored: Sequence[Scored]) -> dict[int, LinkingWeights]:
    """Return for each fold the weights that the others, and the other corpora, train."""
    others = trainable([*mesh(data)[0], *(item.linked for item in samples())])
    prepared = [PreparedDocument(item.linked) for item in scored]
    folds = [fold_of(item.linked.labelled.document.title) for item in scored]
    return {
        fold: train_linking(
            [item for item, of in zip(prepared, folds, strict=True) if of != fold] + others
        )
        for fold in range(FOLDS)
    }


def linked(item: Scored, weights: LinkingWeights) -> list[Entity]:
    """Return the entity of each cluster of a document."""
    document = item.linked.labelled.document
    entities = link_clusters(document, document.clusters, item.linked.candidates, weights)
    by_span = {
        (mention.start, mention.end): entity for entity in entities for mention in entity.mentions
    }
    firsts = (cluster.mentions[0] for cluster in document.clusters)
    return [by_span[first.start, first.end] for first in firsts]


def stated_of(
    labelled: LabelledDocument,
    extraction: Extraction,
    entities: Sequence[Entity],
    again: LabelledDocument | None,
) -> list[Stated]:
    """Return a document's statements between the entities that its clusters are linked to."""
    document = labelled.document
    places = matched(extraction.entities, document)
    cluster_of = dict(zip((each.id for each in extraction.entities), places, strict=True))
    labels = _triples(labelled)
    complete = _complete(document, again) if again else None
    right = [
        not entity.linked or entity.kb_id in ids[:1]
        for entity, ids in zip(entities, labelled.kb_ids, strict=True)
    ]
    sure = [confidence(linked=e.linked, link_confidence=e.link_confidence) for e in entities]
    found = []
    for each in extraction.statements:
        head, tail = cluster_of[each.head], cluster_of[each.tail]
        triple = (head, each.relation, tail)
        found.append(
            Stated(
                title=document.title,
                fold=fold_of(document.title),
                edge=(entities[head].id, each.relation, entities[tail].id),
                text=each.probability,
                links=sure[head] * sure[tail],
                sentence=each.text,
                labelled=triple in labels,
                complete=None if complete is None else triple in complete,
                linked_right=right[head] and right[tail],
            )
        )
    return found


def matched(groups: Iterable[Cluster | Entity], document: Document) -> list[int]:
    """Return for each group of mentions the cluster of the document that shares most of them."""
    own = [_spans(cluster) for cluster in document.clusters]
    return [
        max(range(len(own)), key=lambda place: len(own[place] & spans))
        for spans in map(_spans, groups)
    ]


def on_the_scale_of_labels(stated: Sequence[Stated]) -> Floats:
    """Return the probability that each statement is labelled, by Platt scaling of other folds."""
    folds = np.array([each.fold for each in stated])
    odds = log_odds(np.array([each.text for each in stated]))
    holds = np.array([each.labelled for each in stated])
    found = np.zeros(len(stated))
    for fold in np.unique(folds):
        platt = fit_platt(odds[folds != fold], holds[folds != fold])
        found[folds == fold] = _sigmoid(platt.slope * odds[folds == fold] + platt.offset)
    return found


def combined(
    stated: Sequence[Stated], text: Floats, links: Floats
) -> tuple[Floats, list[list[int]]]:
    """Return (edges,) probabilities as the graph computes them, and each edge's statements."""
    by_edge: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, each in enumerate(stated):
        by_edge[each.edge].append(number)
    champion = Champion("", RelationVocabulary({}))
    found = []
    for edge, numbers in by_edge.items():
        evidence = [
            Evidence(
                document=stated[n].title,
                margin=1.0,
                probability=float(text[n]),
                link_confidence=float(links[n]),
                text=stated[n].sentence,
                checkpoint="",
                updated_at="",
                extracted_at="",
            )
            for n in numbers
        ]
        properties = edge_properties(edge[1], evidence, champion=champion)
        assert properties is not None
        found.append(properties["probability"])
    return np.array(found), list(by_edge.values())


def logistic(stated: Sequence[Stated], text: Floats, links: Floats, holds: Truths) -> Floats:
    """Return (statements,) probabilities from both log-odds, each by weights of the other folds."""
    folds = np.array([each.fold for each in stated])
    inputs = np.c_[np.ones(len(stated)), log_odds(text), log_odds(links)]
    found = np.zeros(len(stated))
    for fold in np.unique(folds):
        rows, weights = inputs[folds != fold], np.zeros(3)
        for _ in range(STEPS):
            chance = _sigmoid(rows @ weights)
            spread = rows.T @ (rows * (chance * (1 - chance))[:, None]) + PENALTY * np.eye(3)
            slope = rows.T @ (holds[folds != fold] - chance) - PENALTY * weights
            weights = weights + np.linalg.solve(spread, slope)
        found[folds == fold] = _sigmoid(inputs[folds == fold] @ weights)
    return found


def log_odds(probabilities: Floats) -> Floats:
    """Return the log-odds of probabilities, none of them infinite."""
    kept = np.clip(probabilities, NEAREST, 1 - NEAREST)
    return np.log(kept) - np.log1p(-kept)


def _scores(
    stated: Sequence[Stated], text: Floats, holds: Sequence[bool], prefix: str
) -> dict[str, float]:
    links = np.array([each.links for each in stated])
    right = np.array([h and each.linked_right for h, each in zip(holds, stated, strict=True)])
    sure = np.ones(len(stated))
    ways: Mapping[str, Callable[[], tuple[Floats, list[list[int]]]]] = {
        "": lambda: combined(stated, text, links),
        "_without_links": lambda: combined(stated, text, sure),
        "_minimum": lambda: combined(stated, np.minimum(text, links), sure),
        "_logistic": lambda: combined(stated, logistic(stated, text, links, right), sure),
    }
    found: dict[str, float] = {}
    for name, way in ways.items():
        probabilities, statements_of = way()
        truths = np.array([bool(right[numbers].any()) for numbers in statements_of])
        for figure, value in (
            ("ece", ece(probabilities, truths)),
            ("brier", brier(probabilities, truths)),
        ):
            assert value is not None
            found[f"{prefix}{figure}{name}"] = value
        found[f"{prefix}edges"] = len(probabilities)
        found[f"{prefix}edges_right"] = float(truths.mean())
    return found


def _complete(document: Document, again: LabelledDocument) -> set[tuple[int, str, int]]:
    """Return Re-DocRED's triples by the clusters of a document."""
    own = matched(again.document.clusters, document)
    return {(own[head], relation, own[tail]) for head, relation, tail in _triples(again)}


def _triples(labelled: LabelledDocument) -> set[tuple[int, str, int]]:
    return {(label.head, label.relation, label.tail) for label in labelled.labels}


def _spans(cluster: Cluster | Entity) -> set[tuple[int, int]]:
    return {(mention.start, mention.end) for mention in cluster.mentions}


def _sigmoid(values: NDArray[np.float64]) -> Floats:
    found: Floats = 1 / (1 + np.exp(-values))
    return found


if __name__ == "__main__":
    write("trust_ids", figures(data_folder(__doc__)), title="trust between ids")
