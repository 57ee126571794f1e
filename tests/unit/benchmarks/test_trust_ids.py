"""Edges between ids: combined as the graph does, and rated where truth has degrees."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.quality.parts.stated import (
    BINS,
    HELD_OUT,
    Stated,
    calibration_error,
    combined,
    folds_of,
    on_the_scale_of_labels,
    scores,
)
from benchmarks.quality.trust_ids import matched
from extractor.schema import Cluster, Document, Mention

RNG = np.random.default_rng(0)


def stated(number: int, *, links_right: bool = True, labelled: bool = True) -> Stated:
    return Stated(
        title=f"Title {number}",
        fold=number % 5,
        edge=(f"a{number}", "P19", f"b{number}"),
        text=0.8,
        links=0.5,
        sentence=f"Sentence {number}.",
        labelled=labelled,
        complete=None,
        linked_right=links_right,
    )


def test_an_edge_counts_text_and_links() -> None:
    twice = [stated(1), stated(2)]
    probabilities, numbers = combined(twice, np.array([0.8, 0.4]), np.array([0.5, 1.0]))
    assert numbers == [[0], [1]]
    assert probabilities.tolist() == pytest.approx([0.4, 0.4])


def test_what_is_half_right_is_calibrated_at_a_half() -> None:
    halves = np.array([1.0, 0.0] * BINS)
    assert calibration_error(np.full(2 * BINS, 0.5), halves) == pytest.approx(0.0)
    assert calibration_error(np.full(2 * BINS, 0.9), halves) == pytest.approx(0.4)
    assert calibration_error(np.full(30, 0.5), np.full(30, 0.5)) == 0.0


def test_nothing_is_fitted_on_the_fold_itself_or_on_the_held_out_fifth() -> None:
    many = [stated(number) for number in range(10)]
    for own, others in folds_of(many):
        fitted = {many[n].fold for n in np.flatnonzero(others)}
        assert HELD_OUT not in fitted
        assert not fitted & {many[n].fold for n in np.flatnonzero(own)}


def test_only_links_tell_edges_apart_whose_texts_are_alike() -> None:
    """Links of 0.5 are right half of the time: the product is calibrated, the text is not."""
    many = [
        stated(number, links_right=bool(RNG.random() < 0.5), labelled=bool(RNG.random() < 0.8))
        for number in range(3_000)
    ]
    assert on_the_scale_of_labels(many) == pytest.approx(np.full(3_000, 0.8), abs=0.05)
    labelled = np.array([float(each.labelled) for each in many])
    found = scores(many, np.full(3_000, 0.8), labelled)
    assert found["ece"] < 0.05
    assert found["ece_without_links"] == pytest.approx(0.4, abs=0.05)
    assert found["edges"] == 3_000


def test_mentions_are_matched_to_the_cluster_that_shares_most() -> None:
    spans = [(0, 2), (3, 5), (6, 8)]
    mentions = [Mention(start=start, end=end, type="PER") for start, end in spans]
    clusters = (Cluster.of(mentions[:1]), Cluster.of(mentions[1:]))
    document = Document(
        id="t:1", source="t", title="", text="ab cd ef", updated_at="", clusters=clusters
    )
    assert matched([Cluster.of(mentions[1:2]), Cluster.of(mentions)], document) == [1, 1]
