from __future__ import annotations

import pytest
import torch

from extractor.encoder.precision import Precision
from extractor.training import probing
from extractor.training.probing import chosen_precision, fastest_precision

CPU = torch.device("cpu")


@pytest.mark.parametrize("slow", ["fp32", "bf16"])
def test_the_fastest_is_chosen(monkeypatch: pytest.MonkeyPatch, slow: Precision) -> None:
    monkeypatch.setattr(probing, "_seconds", lambda precision, _: 1.0 + (precision == slow))
    assert fastest_precision(CPU) == ({"fp32", "bf16"} - {slow}).pop()


def test_equal_ones_leave_fp32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "_seconds", lambda precision, _: 1.0)
    assert chosen_precision("auto", "cpu") == "fp32"


@pytest.mark.parametrize("choice", ["fp32", "bf16", "fp16"])
def test_a_precision_that_is_given_is_not_tried(
    monkeypatch: pytest.MonkeyPatch, choice: Precision
) -> None:
    monkeypatch.delattr(probing, "_seconds")
    assert chosen_precision(choice, "cpu") == choice


def test_the_trial_measures_products(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(probing, "SECONDS", 0.01)
    monkeypatch.setattr(probing, "SHAPE", (8, 8, 8))
    assert 0 < probing._seconds("fp32", CPU) < 1
