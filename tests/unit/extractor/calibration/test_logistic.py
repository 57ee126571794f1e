from __future__ import annotations

import numpy as np
import pytest

from extractor.calibration.logistic import fit_logistic, nll, sigmoid


def test_the_slope_of_the_loss_is_zero_at_the_fit() -> None:
    chance = np.random.default_rng(7)
    inputs = chance.normal(size=(200, 3))
    target = (chance.random(200) < sigmoid(inputs @ np.array([1.0, -2.0, 0.5]))).astype(float)
    base, start = chance.normal(size=200), np.array([0.5, 0.0, 0.0])

    fitted = fit_logistic(inputs, base, target, start, 2.0)

    predicted = sigmoid(inputs @ fitted + base)
    slope = inputs.T @ (predicted - target) + 2.0 * (fitted - start)
    assert np.abs(slope).max() < 1e-6


def test_a_penalty_keeps_separable_data_near_the_start() -> None:
    inputs, target = np.array([[1.0], [-1.0]]), np.array([1.0, 0.0])
    free, held = (
        fit_logistic(inputs, np.zeros(2), target, np.zeros(1), penalty) for penalty in (0.1, 100.0)
    )
    assert 0 < held[0] < 0.02 < free[0]


def test_the_likelihood_is_finite_far_from_the_truth() -> None:
    assert nll(np.array([1e4]), np.array([0.0])) == pytest.approx(1e4)
    assert 0 < sigmoid(np.array([-1e4]))[0] < 1e-20
