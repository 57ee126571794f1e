"""The planted swap, and how its error is counted."""

from __future__ import annotations

from benchmarks.training.parts.planted import Parts, SwapError, parts_of, swap_error, swapped
from extractor.datasets.docred import LabelledDocument
from extractor.datasets.splits import in_held_out_fifth, split_documents
from tests.unit.extractor.annotated import labelled

DOCUMENTS = [labelled("[Ada|PER|0] left.", title=f"Document {n}") for n in range(1000)]


def titles(documents: tuple[LabelledDocument, ...]) -> set[str]:
    return {item.document.title for item in documents}


def test_only_the_two_relations_are_swapped() -> None:
    labels = [{"h": 0, "t": 1, "r": relation} for relation in ("P27", "P17", "P19")]
    record = {"title": "Ada", "labels": labels}
    assert [each["r"] for each in swapped(record)["labels"]] == ["P19", "P17", "P27"]
    assert [each["h"] for each in swapped(record)["labels"]] == [0, 0, 0]
    assert swapped(swapped(record)) == record
    assert [each["r"] for each in labels] == ["P27", "P17", "P19"]


def test_no_document_is_in_two_parts_and_held_out_ones_are_only_tested() -> None:
    parts = parts_of(split_documents(DOCUMENTS))
    assert isinstance(parts, Parts)
    sets = [titles(each) for each in (parts.train, parts.dev, parts.corpus, parts.test)]
    assert len(set().union(*sets)) == sum(map(len, sets))
    assert len(parts.test) == 100
    assert all(map(in_held_out_fifth, titles(parts.test)))
    assert not any(map(in_held_out_fifth, titles(parts.train) | titles(parts.corpus)))
    assert 0.1 < len(parts.corpus) / (len(parts.corpus) + len(parts.train)) < 0.25


def test_an_error_is_the_wrong_one_of_the_two_where_one_holds() -> None:
    gold = {
        (0, 1, "P27", 2),  # wrong
        (0, 1, "P17", 2),
        (0, 3, "P19", 4),  # right
        (0, 5, "P27", 6),  # neither
        (1, 5, "P27", 6),  # both: wrong
        (2, 1, "P27", 2),  # both hold: not counted
        (2, 1, "P19", 2),
        (3, 1, "P17", 2),  # another relation
    }
    asserted = {
        (0, 1, "P19", 2),
        (0, 3, "P19", 4),
        (1, 5, "P27", 6),
        (1, 5, "P19", 6),
        (2, 1, "P19", 2),
        (3, 1, "P19", 2),
    }
    found = swap_error(asserted, gold)
    assert found == SwapError(pairs=4, wrong=2, right=1)
    assert found.error == 0.5
