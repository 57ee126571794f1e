from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.evaluation.cells import Cells, gold_cells, gold_triples
from extractor.relations import RelationVocabulary
from tests.unit.extractor.annotated import labelled
from tests.unit.extractor.scored import window_scores

TEXT = "[Ada|PER|0] left [London|LOC|1] for [Kent|LOC|2]."
VOCABULARY = RelationVocabulary({"P17": "country", "P19": "place of birth"})
DOCUMENT = labelled(TEXT, (0, "P19", 1), (2, "P17", 1), title="One")
OTHER = labelled(TEXT, (0, "P19", 2), title="Two")


def margins(cells: Cells) -> dict[tuple[int, int, int, int], float]:
    """Return the margin of each (document, head, column, tail)."""
    keys = (cells.document, cells.head, cells.column, cells.tail)
    rows = zip(*(key.tolist() for key in keys), strict=True)
    return dict(zip(rows, cells.margin.tolist(), strict=True))


def test_a_cell_is_a_triple_with_its_margin_in_both_directions() -> None:
    scores = [
        [window_scores({(0, 1, 1): 2.5, (2, 0, 1): -0.5}, otherwise=-9.0)],
        [window_scores({(2, 1, 0): 1.5}, otherwise=-9.0)],
    ]
    cells = gold_cells(scores, [DOCUMENT, OTHER], VOCABULARY)
    assert margins(cells) == {(0, 0, 1, 1): 2.5, (0, 2, 0, 1): -0.5, (1, 2, 1, 0): 1.5}
    assert cells.holds.tolist() == [True, True, False]
    assert cells.gold == 3  # Ada's birth in Kent has no cell, and counts
    assert cells.relations == ("P17", "P19")
    everything = np.ones(3, dtype=np.bool_)
    assert cells.triples(everything) == {(0, 0, "P19", 1), (0, 2, "P17", 1), (1, 2, "P19", 0)}
    assert cells.triples(~everything) == set()


def test_of_several_windows_the_largest_margin_counts_whatever_their_order() -> None:
    low, high = window_scores({(0, 1, 1): 0.5}), window_scores({(0, 1, 1): 3.0})
    for windows in ([low, high], [high, low]):
        cells = gold_cells([windows], [DOCUMENT], VOCABULARY)
        assert margins(cells)[0, 0, 1, 1] == 3.0
        assert len(cells.margin) == 3 * 2 * 2  # each once
        assert cells.holds.sum() == 2


def test_the_floor_leaves_out_what_is_hopeless() -> None:
    scores = [[window_scores({(0, 1, 1): -4.9, (1, 1, 0): -5.0}, otherwise=-5.1)]]
    assert list(margins(gold_cells(scores, [DOCUMENT], VOCABULARY))) == [(0, 0, 1, 1)]
    everything = gold_cells(scores, [DOCUMENT], VOCABULARY, floor=-math.inf)
    assert len(everything.margin) == 12


def test_pairs_that_nobody_judged_have_no_cell_in_that_direction() -> None:
    item = replace(DOCUMENT, unjudged=frozenset({(1, 0), (0, 2)}))
    cells = gold_cells([[window_scores({})]], [item], VOCABULARY)
    ways = {(head, tail) for _, head, _, tail in margins(cells)}
    assert ways == {(0, 1), (2, 0), (1, 2), (2, 1)}


def test_what_may_or_may_not_be_listed_has_no_cell() -> None:
    item = replace(DOCUMENT, optional=frozenset({(0, VOCABULARY.ids[1], 2)}))
    every = {*margins(gold_cells([[window_scores({})]], [DOCUMENT], VOCABULARY))}
    kept = {*margins(gold_cells([[window_scores({})]], [item], VOCABULARY))}
    assert every - kept == {(0, 0, 1, 2)}
    assert kept < every


def test_documents_without_windows_or_labels_give_cells_too() -> None:
    nothing = gold_cells([[], []], [DOCUMENT, OTHER], VOCABULARY)
    assert (len(nothing.margin), nothing.gold, nothing.best_f1()) == (0, 3, 0.0)
    assert gold_cells([], [], VOCABULARY).best_f1() == 0.0
    assert gold_triples([labelled(TEXT)]) == set()


def test_thresholds_of_each_relation_say_what_is_asserted() -> None:
    scores = [[window_scores({(0, 0, 1): 1.0, (0, 1, 1): 1.0})]]
    cells = gold_cells(scores, [DOCUMENT], VOCABULARY)
    asserted = cells.asserted((1.0, 0.5))  # strictly above
    assert cells.triples(asserted) == {(0, 0, "P19", 1)}


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(-3, 3), st.booleans()), max_size=12),
    st.integers(0, 4),
)
def test_the_best_f1_is_that_of_brute_force(found: list[tuple[int, bool]], outside: int) -> None:
    margin = np.array([each for each, _ in found], dtype=np.float64)
    holds = np.array([right for _, right in found], dtype=np.bool_)
    zeros = np.zeros(len(found), dtype=np.int64)
    gold = int(holds.sum()) + outside
    cells = Cells(
        document=zeros, head=zeros, tail=zeros, column=zeros,
        margin=margin, holds=holds, gold=gold, relations=("P1",),
    )  # fmt: skip
    best = 0.0
    for threshold in range(-4, 4):
        above = margin > threshold
        best = max(best, 2 * int((above & holds).sum()) / max(int(above.sum()) + gold, 1))
    assert cells.best_f1() == pytest.approx(best)
