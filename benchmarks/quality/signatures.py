"""What do learned type signatures remove: wrong statements, right ones, pairs that need no scoring?

On the held-out fifth of Re-DocRED dev: with gold mentions, and from raw text, where an entity is
right if its mentions are exactly a gold cluster's. No entity is linked, so types are the mentions';
equal times and numbers of a document are one entity in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.parts.report import data_folder, write
from benchmarks.quality.relations import CHECKPOINT
from extractor.calibration.counts import micro
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import LabelledDocument, Triple, read_docred
from extractor.datasets.splits import split_documents
from extractor.datasets.statistics import signatures
from extractor.pipeline import Extractor
from extractor.schema import Candidate, Cluster, Document, Entity, Extraction
from extractor.signatures import TypeStatistics

BATCH = 16
ROUNDS = {"": 2, "raw_": 1}
"""The time of relations is the best of so many rounds."""


class NoIndex:
    """An entity index of nothing."""

    def candidates(
        self, names: Sequence[str], *, limit: int = 10
    ) -> dict[str, tuple[Candidate, ...]]:
        """Return nothing for each name."""
        return dict.fromkeys(names, ())


def figures(data: Path) -> dict[str, float]:
    """Return F1 without and with signatures, and what they removed."""
    checkpoint = Checkpoint.from_pretrained(CHECKPOINT)
    split = split_documents(read_docred(data / "redocred" / "dev_revised.json"))
    own = [d for d in split.all if d.document.title in set(checkpoint.record.relation_titles)]
    if checkpoint.signatures != signatures(own):
        raise ValueError(f"{CHECKPOINT}: signatures.json is not that of its training titles")
    found: dict[str, float] = {"documents": len(split.held_out)}
    for prefix, rounds in ROUNDS.items():
        documents = [_raw(item) if prefix else item.document for item in split.held_out]
        compared = _compared(checkpoint, documents, split.held_out, rounds)
        found |= {f"{prefix}{name}": value for name, value in compared.items()}
    return found


def _compared(
    checkpoint: Checkpoint,
    documents: Sequence[Document],
    gold: Sequence[LabelledDocument],
    times: int,
) -> dict[str, float]:
    plain = replace(checkpoint, signatures=TypeStatistics())
    rounds = [
        (_extracted(plain, documents), _extracted(checkpoint, documents)) for _ in range(times)
    ]
    (without, _), (signed, _) = rounds[0]
    labels = {
        (n, label.head, label.relation, label.tail)
        for n, item in enumerate(gold)
        for label in item.labels
    }
    before, after = _triples(without, gold), _triples(signed, gold)
    # What holds between other entities than gold ones is wrong, and counts by its number.
    found = [sum(len(each.statements) for each in made) for made in (without, signed)]
    right = [len(triples & labels) for triples in (before, after)]
    pairs, dropped = _pairs(without, checkpoint.signatures)
    return {
        "f1_without": micro(right[0], found[0], len(labels)).f1,
        "f1_with": micro(right[1], found[1], len(labels)).f1,
        "rejected_right": right[0] - right[1],
        "rejected_wrong": found[0] - found[1] - (right[0] - right[1]),
        "pairs_dropped_share": dropped / pairs,
        "relation_seconds_without": min(seconds for (_, seconds), _ in rounds),
        "relation_seconds_with": min(seconds for _, (_, seconds) in rounds),
    }


def _extracted(
    checkpoint: Checkpoint, documents: Sequence[Document]
) -> tuple[list[Extraction], float]:
    """Return extractions, and the seconds that relations took."""
    extractor = Extractor(checkpoint, NoIndex(), device="cpu")
    made = [
        each
        for start in range(0, len(documents), BATCH)
        for each in extractor.extract(documents[start : start + BATCH])
    ]
    return made, extractor.seconds["relations"]


def _raw(item: LabelledDocument) -> Document:
    return replace(item.document, clusters=(), sentences=())


def _triples(made: Sequence[Extraction], gold: Sequence[LabelledDocument]) -> set[Triple]:
    """Return the statements between gold entities, as triples of their indices."""
    triples = set()
    for n, (extraction, item) in enumerate(zip(made, gold, strict=True)):
        clusters = {_spans(cluster): place for place, cluster in enumerate(item.document.clusters)}
        place = {entity.id: clusters.get(_spans(entity)) for entity in extraction.entities}
        for each in extraction.statements:
            head, tail = place[each.head], place[each.tail]
            if head is not None and tail is not None:
                triples.add((n, head, each.relation, tail))
    return triples


def _spans(named: Cluster | Entity) -> frozenset[tuple[int, int]]:
    return frozenset((mention.start, mention.end) for mention in named.mentions)


def _pairs(made: Sequence[Extraction], learned: TypeStatistics) -> tuple[int, int]:
    """Return the unordered entity pairs, and how many of them need no scoring."""
    pairs = dropped = 0
    for extraction in made:
        types = [entity.type for entity in extraction.entities]
        for place, one in enumerate(types):
            for other in types[place + 1 :]:
                pairs += 1
                dropped += not (learned.candidate(one, other) or learned.candidate(other, one))
    return pairs, dropped


if __name__ == "__main__":
    write("signatures", figures(data_folder(__doc__)), title="learned type signatures")
