"""Statements about pairs of ids, and how well ways to combine text and links are calibrated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from extractor.calibration.calibration import fit_platt
from extractor.calibration.reliability import Floats, Truths
from extractor.relations import RelationVocabulary
from graph.model.edges import Evidence, edge_properties
from graph.model.records import Champion

HELD_OUT = 0
"""The fold that is the held-out fifth."""
BINS = 15
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


def on_the_scale_of_labels(stated: Sequence[Stated]) -> Floats:
    """Return the probability that each statement is labelled, by Platt scaling of other folds."""
    odds = log_odds(np.array([each.text for each in stated]))
    holds = np.array([each.labelled for each in stated])
    found = np.zeros(len(stated))
    for own, others in folds_of(stated):
        platt = fit_platt(odds[others], holds[others])
        found[own] = _sigmoid(platt.slope * odds[own] + platt.offset)
    return found


def folds_of(stated: Sequence[Stated]) -> Iterator[tuple[Truths, Truths]]:
    """Yield (statements,) those of a fold, and those that may be fitted for it."""
    folds = np.array([each.fold for each in stated])
    for fold in np.unique(folds):
        yield folds == fold, (folds != fold) & (folds != HELD_OUT)


def combined(
    stated: Sequence[Stated], text: Floats, links: Floats
) -> tuple[Floats, list[list[int]]]:
    """Return (edges,) probabilities as the graph computes them, and each edge's statements."""
    by_edge: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, each in enumerate(stated):
        by_edge[each.edge].append(number)
    champion = Champion("", RelationVocabulary({"P17": "country"}))
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


def logistic(stated: Sequence[Stated], text: Floats, links: Floats, truths: Floats) -> Floats:
    """Return (statements,) probabilities from both log-odds, each by weights of other folds."""
    inputs = np.c_[np.ones(len(stated)), log_odds(text), log_odds(links)]
    found = np.zeros(len(stated))
    for own, others in folds_of(stated):
        rows, weights = inputs[others], np.zeros(3)
        for _ in range(STEPS):
            chance = _sigmoid(rows @ weights)
            spread = rows.T @ (rows * (chance * (1 - chance))[:, None]) + PENALTY * np.eye(3)
            slope = rows.T @ (truths[others] - chance) - PENALTY * weights
            weights = weights + np.linalg.solve(spread, slope)
        found[own] = _sigmoid(inputs[own] @ weights)
    return found


def log_odds(probabilities: Floats) -> Floats:
    """Return the log-odds of probabilities, none of them infinite."""
    kept = np.clip(probabilities, NEAREST, 1 - NEAREST)
    return np.log(kept) - np.log1p(-kept)


def scores(
    stated: Sequence[Stated], text: Floats, true: Floats, prefix: str = ""
) -> dict[str, float]:
    """Return the figures of all ways.

    Args:
        stated: the statements.
        text: (statements,) probability of what the text says.
        true: (statements,) how surely it does, from 0 to 1.
        prefix: of the figures' names.
    """
    links = np.array([each.links for each in stated])
    truths = true * np.array([each.linked_right for each in stated])
    sure = np.ones(len(stated))
    ways = {
        "": (text, links),
        "_without_links": (text, sure),
        "_minimum": (np.minimum(text, links), sure),
        "_logistic": (logistic(stated, text, links, truths), sure),
    }
    found: dict[str, float] = {}
    for name, (said, linked_by) in ways.items():
        probabilities, numbers = combined(stated, said, linked_by)
        right = np.array([1 - np.prod(1 - truths[own]) for own in numbers])
        found[f"{prefix}ece{name}"] = calibration_error(probabilities, right)
        squared = right * (1 - probabilities) ** 2 + (1 - right) * probabilities**2
        found[f"{prefix}brier{name}"] = float(squared.mean())
        found[f"{prefix}edges"] = len(right)
        found[f"{prefix}edges_right"] = float(right.mean())
    return found


def calibration_error(probabilities: Floats, truths: Floats) -> float:
    """Return the expected calibration error over bins of equal mass, where truth has degrees."""
    order = np.argsort(probabilities, kind="stable")
    bins = np.array_split(order, BINS)
    return float(sum(abs((probabilities - truths)[own].sum()) for own in bins) / len(order))


def _sigmoid(values: NDArray[np.float64]) -> Floats:
    found: Floats = 1 / (1 + np.exp(-values))
    return found
