from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from extractor.training.averaging import RunningAverage, set_weights, trained_weights
from tests.unit.extractor.small import Small, weights


def filled(value: float) -> nn.Module:
    model = Small()
    set_weights(model, {name: torch.full_like(w, value) for name, w in model.named_parameters()})
    return model


@settings(max_examples=25)
@given(
    st.sampled_from([0.5, 0.9, 0.999]), st.lists(st.floats(-9, 9, width=32), min_size=1, max_size=9)
)
def test_the_average_is_that_of_the_formula(decay: float, values: list[float]) -> None:
    average = RunningAverage(filled(1.0), decay)
    expected = 1.0
    for step, value in enumerate(values, start=1):
        average.update(filled(value), step)
        kept = min(decay, (1 + step) / (10 + step))
        expected = kept * expected + (1 - kept) * value
    for found in average.weights.values():
        assert found.flatten().tolist() == pytest.approx([expected] * found.numel(), abs=1e-5)


def test_without_a_decay_nothing_is_kept_or_changed() -> None:
    average, model = RunningAverage(filled(1.0), 0.0), filled(2.0)
    average.update(model, 1)
    average.apply(model)
    assert average.weights == {}
    assert (weights(model) == 2.0).all()


def test_weights_are_averaged_inside_the_block_only() -> None:
    average, model = RunningAverage(filled(1.0), 0.5), filled(2.0)
    with average.applied(model):
        assert (weights(model) == 1.0).all()
    assert (weights(model) == 2.0).all()


def test_the_average_moves_with_no_weight_of_the_model() -> None:
    model = filled(1.0)
    average = RunningAverage(model, 0.9)
    average.apply(model)
    with torch.no_grad():
        model.get_parameter("head.bias").fill_(7.0)
    assert average.weights["head.bias"].item() == 1.0


def test_frozen_weights_are_neither_averaged_nor_moved() -> None:
    model = filled(1.0)
    model.get_parameter("encoder.weight").requires_grad_(False)
    average = RunningAverage(model, 0.9)
    assert "encoder.weight" not in average.weights
    set_weights(model, {"encoder.weight": torch.full((8, 4), 3.0)})
    average.apply(model)
    assert (model.get_parameter("encoder.weight") == 3.0).all()
    assert "encoder.weight" not in trained_weights(model)


def test_a_saved_average_goes_on_where_it_was() -> None:
    average = RunningAverage(filled(1.0), 0.9)
    average.update(filled(2.0), 1)
    saved = {name: value.clone() for name, value in average.weights.items()}
    again = RunningAverage(filled(5.0), 0.9)
    again.load(saved)
    for each in (average, again):
        each.update(filled(3.0), 2)
    for name, value in average.weights.items():
        assert torch.equal(value, again.weights[name])
        assert not torch.equal(value, saved[name])  # it was copied, to the model's device
