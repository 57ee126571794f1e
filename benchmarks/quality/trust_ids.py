"""Is the probability of an edge between two ids that of the statement about these two?

The 200 documents of linked DocRED, mentions and clusters given, statements by the shipped
checkpoint, which saw 17 of them. Links are made as `linking` makes them: in five folds by document,
each with weights that it did not train. An edge is right if a document states it of these mentions
and both links are right; a NIL is itself. Edges are those that the graph makes of this evidence.

The labels of these documents are DocRED's first ones, and about two in five are there: no
probability is calibrated to them. So truth is measured in three ways:

    (none)        as labelled; the text's probability is first put on the scale of these labels, by
                  Platt scaling on other documents. Text and links are rated as they are combined,
                  though where most is said to be wrong, a doubtful link changes little
    expected_     what is not labelled is true as often as the checkpoint's own probability says,
                  which Re-DocRED's held-out fifth found calibrated (`atlop_trust`)
    complete_     as labelled again by Re-DocRED, nothing fitted: few documents, most of which
                  trained the checkpoint

    ece           of 1 - prod(1 - text * links), which the graph has, over bins of equal mass
    ece_...       of other ways: without_links: the text alone; minimum: the smaller of text and
                  links; logistic: two weights and an offset, fitted on other documents
    brier_...     mean squared distance of the same
    links_...     mean confidence that both ends are right, and how often they are

Nothing is fitted on the held-out fifth, which is the first of the five folds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.parts.linked_data import Scored, mesh_training, samples, wikidata
from benchmarks.parts.linking_training import PreparedDocument, train_linking
from benchmarks.parts.report import data_folder, write
from benchmarks.quality.end_to_end import NameIndex
from benchmarks.quality.linking import FOLDS, fold_of
from benchmarks.quality.parts.stated import HELD_OUT, Stated, on_the_scale_of_labels, scores
from benchmarks.quality.relations import CHECKPOINT
from benchmarks.training.linking_weights import trainable
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import LabelledDocument, read_docred
from extractor.linking import LinkingWeights, link_clusters
from extractor.pipeline import Extractor
from extractor.schema import Cluster, Document, Entity, Extraction
from graph.model.entities import confidence


def figures(data: Path) -> dict[str, float]:
    """Compare the ways to combine text and links."""
    stated = statements(data)
    text = np.array([each.text for each in stated])
    labelled = np.array([float(each.labelled) for each in stated])
    scaled = on_the_scale_of_labels(stated)
    # Given that it is not labelled; a scaled probability counts what is true and labelled.
    expected = np.maximum(labelled, np.clip((text - scaled) / (1 - scaled), 0, 1))
    known = [each for each in stated if each.complete is not None]
    complete = np.array([float(bool(each.complete)) for each in known])
    given = np.array([each.text for each in known])
    links = np.array([each.links for each in stated])
    return {
        **scores(stated, scaled, labelled),
        **scores(stated, text, expected, "expected_"),
        **scores(known, given, complete, "complete_"),
        "links_mean": float(links.mean()),
        "links_right": float(np.mean([each.linked_right for each in stated])),
        "documents": len({each.title for each in stated}),
        "statements": len(stated),
        "complete_documents": len({each.title for each in known}),
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
    others = trainable([*mesh_training(data), *(item.linked for item in samples())])
    prepared = [PreparedDocument(item.linked) for item in scored]
    folds = [fold_of(item.linked.labelled.document.title) for item in scored]
    return {
        fold: train_linking(
            [item for item, of in zip(prepared, folds, strict=True) if of not in (fold, HELD_OUT)]
            + others
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


def _complete(document: Document, again: LabelledDocument) -> set[tuple[int, str, int]]:
    """Return Re-DocRED's triples by the clusters of a document."""
    own = matched(again.document.clusters, document)
    return {(own[head], relation, own[tail]) for head, relation, tail in _triples(again)}


def _triples(labelled: LabelledDocument) -> set[tuple[int, str, int]]:
    return {(label.head, label.relation, label.tail) for label in labelled.labels}


def _spans(cluster: Cluster | Entity) -> set[tuple[int, int]]:
    return {(mention.start, mention.end) for mention in cluster.mentions}


if __name__ == "__main__":
    write("trust_ids", figures(data_folder(__doc__)), title="trust between ids")
