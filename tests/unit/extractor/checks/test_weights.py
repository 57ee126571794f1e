"""The numbers that say what a finding is worth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractor.checks.weights import KINDS, SHIPPED, read_check_weights, shipped_weights
from extractor.datasets.splits import in_held_out_fifth
from extractor.errors import WeightsRejected


def test_the_shipped_ones_are_learned_from_documents_that_are_not_held_out() -> None:
    weights = shipped_weights()
    assert weights.log_odds["supported"] > 0 > weights.log_odds["contradicted"]
    assert all(weights.errors[kind] > 0 for kind in KINDS)
    assert weights.trained_on
    assert not any(map(in_held_out_fifth, weights.trained_on))


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    shipped_weights().save(tmp_path / "weights.json")
    assert read_check_weights(tmp_path / "weights.json") == shipped_weights()
    assert read_check_weights(tmp_path / "weights.json").version == shipped_weights().version


@pytest.mark.parametrize("probability", [0.0, 1e-12, 0.5, 1.0])
def test_a_probability_stays_one(probability: float) -> None:
    for kind in KINDS:
        assert 0 <= shipped_weights().probability(probability, kind) <= 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": "other"}, "not of the format"),
        ({"further": 1}, "needs exactly"),
        ({"log_odds": {"supported": 1.0}}, "one finite number"),
        ({"log_odds": dict.fromkeys(KINDS, float("inf"))}, "one finite number"),
        ({"log_odds": None}, "weights.json: "),
    ],
)
def test_other_weights_are_refused(tmp_path: Path, change: dict[str, object], reason: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(json.dumps(json.loads(SHIPPED.read_text()) | change))
    with pytest.raises(WeightsRejected, match=reason):
        read_check_weights(path)


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsRejected, match="cannot be read"):
        read_check_weights(tmp_path / "none.json")
