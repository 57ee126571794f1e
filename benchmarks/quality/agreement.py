"""How far do two who label the same texts of `samples/corpus` agree?

Twenty of its documents were labelled a second time by a hand that had not seen the first labels
(`samples/corpus/twice`, both as they were before the corpus was reviewed). Both are language models
of one family: people would agree less. Entities are matched by their mentions: two are one where
more than half of the mentions of the smaller are mentions of both. F1 is the same whoever is taken
for the truth. `facts_f1` counts a fact that one lists and the other does not as a difference, even
where the other calls it optional; `settled_f1` leaves those out, as training and scoring do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from benchmarks.parts.report import data_folder, write
from benchmarks.training.corpus import CORPUS, TWICE, relations, text_of
from benchmarks.training.parts.corpus_labels import Labelled, labelled, read_labels
from benchmarks.training.parts.corpus_rules import Triple
from extractor.calibration.counts import micro
from extractor.schema import Span


def pairs() -> list[tuple[Labelled, Labelled]]:
    """Return the texts that were labelled twice, by the first and by the second hand."""
    found = []
    for path in sorted((TWICE / "first").glob("*.json")):
        (text,) = (CORPUS / "texts").glob(f"{path.stem}.*")
        document = text_of(text)
        first, second = (
            labelled(document, read_labels(TWICE / hand / path.name), relations())
            for hand in ("first", "second")
        )
        found.append((first, second))
    return found


def figures(both: list[tuple[Labelled, Labelled]]) -> dict[str, float]:
    """Return how far the two agree."""
    mentions, typed, entities, facts, settled = ([0, 0, 0] for _ in range(5))
    for first, second in both:
        _count(mentions, _spans(first, typed=False), _spans(second, typed=False))
        _count(typed, _spans(first, typed=True), _spans(second, typed=True))
        same = matched(first, second)
        one = {frozenset(_keys(spans)) for spans in first.mentions.values()}
        other = {frozenset(_keys(spans)) for spans in second.mentions.values()}
        _count(entities, one, other)
        told = {_named(fact, same) for fact in second.facts}
        may = {_named(fact, same) for fact in second.optional}
        _count(facts, set(first.facts), told)
        _count(settled, set(first.facts) - may, told - first.optional)
    return {
        "documents": len(both),
        "facts": sum(len(first.facts) for first, _ in both),
        "mentions_f1": micro(*mentions).f1,
        "mentions_typed_f1": micro(*typed).f1,
        "entities_exact_f1": micro(*entities).f1,
        "facts_f1": micro(*facts).f1,
        "settled_f1": micro(*settled).f1,
    }


def matched(first: Labelled, second: Labelled) -> dict[str, str]:
    """Return for each entity of the second labels the one of the first that it is, if any."""
    found = {}
    for name, spans in second.mentions.items():
        for known, others in first.mentions.items():
            shared = len(_keys(spans) & _keys(others))
            if 2 * shared > min(len(spans), len(others)):
                found[name] = known
    return found


def _named(fact: Triple, same: Mapping[str, str]) -> Triple:
    head, relation, tail = fact
    return same.get(head, f"?{head}"), relation, same.get(tail, f"?{tail}")


def _spans(of: Labelled, *, typed: bool) -> set[tuple[object, ...]]:
    types = {entity.name: entity.type for entity in of.labels.entities}
    return {
        (start, end, types[name] if typed else "")
        for name, spans in of.mentions.items()
        for start, end in _keys(spans)
    }


def _keys(spans: Sequence[Span]) -> set[tuple[int, int]]:
    return {(span.start, span.end) for span in spans}


def _count(counts: list[int], one: Set[object], other: Set[object]) -> None:
    """Add what both have, what the second has and what the first has."""
    for place, number in enumerate((len(one & other), len(other), len(one))):
        counts[place] += number


if __name__ == "__main__":
    data_folder(__doc__)
    write("agreement", figures(pairs()), title="Two label the same texts")
