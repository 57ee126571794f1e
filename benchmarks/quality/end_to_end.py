"""What is left of the relations when mentions, clusters and links are found, not given?

The held-out fifth of Re-DocRED dev, and the shipped checkpoint. Strict: an entity is right when its
mentions' spans are those of a gold cluster, no more and no fewer; a triple, when both its entities
are and the relation is labelled. `..._majority` asks less: an entity stands for the gold cluster
that more than half of its mentions belong to. Labels are incomplete, so that precision is rather
too low than too high.

`f1_ids` asks for the ids of head and tail in the documents that carry some (linked-docred); triples
with an end that has no id, as every date, count on neither side. The index holds these documents'
ids by the names that the 200 linked documents have for them, the document at hand left out; an id
that no other document names goes by its longest name in the document itself.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.parts.report import data_folder, write
from benchmarks.quality.clusters import as_spans, gold_mentions
from benchmarks.quality.relations import CHECKPOINT, scores
from extractor.calibration.counts import Score, micro, score_of
from extractor.checkpoint import Checkpoint
from extractor.clusters import cluster_mentions
from extractor.datasets.docred import LabelledDocument, read_docred
from extractor.datasets.splits import split_documents
from extractor.evaluation.raw import Matches, majority_matches, raw
from extractor.names import comparable_name
from extractor.pipeline import Extractor
from extractor.schema import Candidate, Document, Entity, Extraction

Names = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Title -> id -> each name that the document has for it -> the name's type."""


class NameIndex:
    """An entity index of a few entities, in memory."""

    def __init__(self, candidates: Sequence[Candidate] = ()) -> None:
        self._by_name: defaultdict[str, set[Candidate]] = defaultdict(set)
        for candidate in candidates:
            for name in (candidate.name, *candidate.aliases):
                self._by_name[comparable_name(name)].add(candidate)

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return the entities of equal names, by popularity and id."""
        return {
            name: tuple(
                sorted(
                    self._by_name.get(comparable_name(name), ()),
                    key=lambda each: (-each.popularity, each.id),
                )[:limit]
            )
            for name in names
        }


def figures(data: Path) -> dict[str, float]:
    """Extract from gold clusters, from our clusters of gold mentions, and from raw text."""
    held_out = split_documents(read_docred(data / "redocred" / "dev_revised.json")).held_out
    checkpoint = Checkpoint.from_pretrained(CHECKPOINT)
    extractor = Extractor(checkpoint, NameIndex())
    clustered = extractor.extract([with_our_clusters(item.document) for item in held_out])
    predicted = extractor.extract([raw(item.document) for item in held_out])
    from_text = relation_score(predicted, held_out, exact_matches)
    by_majority = relation_score(predicted, held_out, majority_matches)
    names = read_names(data / "linked-docred" / "docs_with_qids.json")
    linked = [item for item in held_out if item.document.title in names]
    return {
        "f1_gold": scores(data).f1.f1,
        "f1_our_clusters": relation_score(clustered, held_out, exact_matches).f1,
        "f1_predicted": from_text.f1,
        "precision_predicted": from_text.precision,
        "recall_predicted": from_text.recall,
        "f1_predicted_majority": by_majority.f1,
        "precision_predicted_majority": by_majority.precision,
        "recall_predicted_majority": by_majority.recall,
        "f1_ids": id_score(checkpoint, linked, names).f1,
        "id_documents": len(linked),
        "documents": len(held_out),
    }


def with_our_clusters(document: Document) -> Document:
    """Return a document whose gold mentions are clustered by the extractor."""
    return replace(document, clusters=cluster_mentions(document.text, gold_mentions(document)))


def relation_score(
    extractions: Sequence[Extraction],
    documents: Sequence[LabelledDocument],
    matches_of: Callable[[Extraction, LabelledDocument], Matches],
) -> Score:
    """Score statements whose ends are gold clusters; a gold triple is found once."""
    right = asserted = found = gold = 0
    for extraction, item in zip(extractions, documents, strict=True):
        matches = matches_of(extraction, item)
        labels = {(label.head, label.relation, label.tail) for label in item.labels}
        triples = [(matches[s.head], s.relation, matches[s.tail]) for s in extraction.statements]
        right += sum(triple in labels for triple in triples)
        asserted += len(triples)
        found += len(labels.intersection(triples))
        gold += len(labels)
    return score_of(right / max(asserted, 1), found / max(gold, 1))


def exact_matches(extraction: Extraction, item: LabelledDocument) -> Matches:
    """Return for each entity the gold cluster of the same spans."""
    gold = {frozenset(spans): n for n, spans in enumerate(as_spans(item.document.clusters))}
    return {entity.id: gold.get(frozenset(spans_of(entity))) for entity in extraction.entities}


def id_score(checkpoint: Checkpoint, documents: Sequence[LabelledDocument], names: Names) -> Score:
    """Score triples of ids in documents that carry them, each with an index of its own."""
    right = asserted = gold = 0
    for item in documents:
        index = NameIndex(indexed(names, left_out=item.document.title))
        (extraction,) = Extractor(checkpoint, index).extract([raw(item.document)])
        kb_ids = {entity.id: entity.kb_id for entity in extraction.entities if entity.linked}
        found = {
            (kb_ids[s.head], s.relation, kb_ids[s.tail])
            for s in extraction.statements
            if s.head in kb_ids and s.tail in kb_ids
        }
        ids = gold_ids(item.document, names[item.document.title])
        true = {
            (ids[label.head], label.relation, ids[label.tail])
            for label in item.labels
            if label.head in ids and label.tail in ids
        }
        right += len(found & true)
        asserted += len(found)
        gold += len(true)
    return micro(right, asserted, gold)


def read_names(path: Path) -> Names:
    """Read what the linked documents call each id."""
    return {record["title"]: _names(record) for record in json.loads(path.read_text("utf-8"))}


def _names(record: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    names: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for vertex in record["vertexSet"]:
        ids = Counter(each["wikidata_qcode"] for each in vertex if each["wikidata_qcode"])
        if ids:
            kb_id = min(ids, key=lambda each: (-ids[each], each))
            names[kb_id].update({each["name"]: each["type"] for each in vertex})
    return dict(names)


def gold_ids(document: Document, names: Mapping[str, Mapping[str, str]]) -> dict[int, str]:
    """Return the ids of the gold clusters, by index: a cluster has the id that owns its names."""
    owners = {comparable_name(name): kb_id for kb_id, owned in names.items() for name in owned}
    found = {}
    for n, cluster in enumerate(document.clusters):
        ids = Counter(
            owners[name]
            for mention in cluster.mentions
            if (name := comparable_name(document.text[mention.start : mention.end])) in owners
        )
        if ids:
            found[n] = min(ids, key=lambda each: (-ids[each], each))
    return found


def indexed(names: Names, *, left_out: str) -> list[Candidate]:
    """Return every id as an entry by its names in the documents but one; popular is what is named.

    An id that only the one left out names goes by its longest name there.
    """
    called: defaultdict[str, list[Mapping[str, str]]] = defaultdict(list)
    for title, by_id in names.items():
        if title != left_out:
            for kb_id, owned in by_id.items():
                called[kb_id].append(owned)
    for kb_id, owned in names[left_out].items():
        longest = max(owned, key=lambda name: (len(name), name))
        if kb_id not in called:
            called[kb_id].append({longest: owned[longest]})
    return [_entry(kb_id, namings) for kb_id, namings in sorted(called.items())]


def _entry(kb_id: str, namings: Sequence[Mapping[str, str]]) -> Candidate:
    names = Counter(name for owned in namings for name in owned)
    types = Counter(type_ for owned in namings for type_ in owned.values())
    first, *others = sorted(names, key=lambda name: (-names[name], name))
    return Candidate(
        id=f"wikidata:{kb_id}",
        name=first,
        type=min(types, key=lambda each: (-types[each], each)),
        aliases=tuple(others),
        popularity=len(namings),
    )


def spans_of(entity: Entity) -> set[tuple[int, int]]:
    """Return the spans of an entity's mentions."""
    return {(mention.start, mention.end) for mention in entity.mentions}


if __name__ == "__main__":
    write("end_to_end", figures(data_folder(__doc__)), title="relations from raw text")
