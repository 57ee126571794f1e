"""The model card says how a checkpoint was made, what it scores, and how to read it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from extractor.calibration.calibration import Calibrator
from extractor.calibration.evidence import EvidenceRule
from extractor.checkpoint import Checkpoint, TrainingRecord
from extractor.circumstances import CircumstanceWeights
from extractor.circumstances.features import FEATURES
from extractor.training.card import model_card
from extractor.training.presets import PRESETS, Preset
from extractor.training.recipe import Recipe

RECORD = TrainingRecord(
    relation_titles=("a", "b", "c"),
    dev_titles=("d", "e"),
    mention_titles=("f",),
    relation_files={"mine.json": "0" * 64},
    mention_files={"names.json": "1" * 64},
    recipes={"relations": asdict(Recipe(epochs=7)), "preset": asdict(PRESETS["bert-e"])},
)


def score(f1: float) -> dict[str, float]:
    return {"precision": 0.5, "recall": 0.25, "f1": f1}


def scores() -> dict[str, Any]:
    return {
        "relations": {
            "f1": score(0.111),
            "ign_f1": score(0.222),
            "trust": {
                "ece": 0.0123,
                "ece_asserted": None,
                "brier": 0.05,
                "auprc": 0.6,
                "risk_coverage": 0.2,
                "evidence": score(0.333),
                "evidence_attention": score(0.444),
                "evidence_baseline": score(0.555),
            },
            "documents": 12,
            "unscored_pairs": 34,
        },
        "mentions": {"span": score(0.666), "typed": score(0.777)},
    }


@pytest.fixture
def trained(checkpoint: Checkpoint) -> Checkpoint:
    return replace(checkpoint, record=RECORD, evidence=EvidenceRule(threshold=0.35))


def test_it_tells_what_trained_and_what_chose(trained: Checkpoint) -> None:
    card = model_card(trained, scores())
    assert "`bert-e` (markers star" in card
    assert "loss bce" in card
    assert "Relations: 3 documents of mine.json." in card
    assert "Dev: 2 further documents chose the epoch, the thresholds and the evidence rule" in card
    assert "Mentions: 1 documents of names.json." in card
    assert "| relations | epochs 7," in card


def test_switches_without_a_name_have_none(trained: Checkpoint) -> None:
    own = asdict(Preset(pooling="max"))
    record = replace(RECORD, recipes={"preset": own})
    assert "`none of those with a name` (markers star, pooling max" in model_card(
        replace(trained, record=record), scores()
    )


def test_it_tells_every_score(trained: Checkpoint) -> None:
    card = model_card(trained, scores())
    for f1 in (0.111, 0.222, 0.333, 0.444, 0.555, 0.666, 0.777):
        assert f"| 0.500 | 0.250 | {f1:.3f} |" in card
    assert "probability >= 0.05 | 0.0123 |" in card
    assert "ECE, asserted | - |" in card
    assert "not scored | 34 |" in card
    assert "the 12 documents of the held-out" in card


def test_without_a_held_out_document_it_scores_mentions_alone(trained: Checkpoint) -> None:
    card = model_card(trained, {**scores(), "relations": None})
    assert "| mentions, span |" in card
    assert "| relations, Ign |" not in card
    assert "ECE" not in card


def test_margins_count_from_the_thresholds_that_were_tuned(trained: Checkpoint) -> None:
    assert "tuned threshold\n  (0.000 for every relation)" in model_card(trained, scores())
    before = trained.atlop.shift.clone()
    trained.atlop.assert_above([0.5, -0.25, 0, 0, 0, 0])
    try:
        assert "(by relation, from -0.250 to 0.500)" in model_card(trained, scores())
    finally:
        trained.atlop.shift.copy_(before)  # the checkpoint is everybody's


def test_it_tells_how_probabilities_are_made(trained: Checkpoint) -> None:
    common = "sigmoid(1.2000 * margin + -0.5000)"
    whole = replace(trained, calibrator=Calibrator(slope=1.2, offset=-0.5))
    assert f"{common} for every relation" in model_card(whole, scores())
    each = Calibrator(slope=1.2, offset=-0.5, slopes=(1.0,) * 6, offsets=(0.0,) * 6)
    card = model_card(replace(trained, calibrator=each), scores())
    assert "numbers of its own for each relation" in card
    assert common in card
    assert "> 0.35" in " ".join(card.split())


def test_it_names_the_licences_of_weights_encoder_and_data(trained: Checkpoint) -> None:
    licences = model_card(trained, scores()).split("## Licences")[1].split("## ")[0]
    for name in ("Apache-2.0", "MIT", "CC BY-SA", "MiniLM", "CDR", "training_record.json"):
        assert name in licences


def test_it_tells_whether_circumstances_count(trained: Checkpoint) -> None:
    assert "On raw text it is the same." in model_card(trained, scores())
    weights = {name: float(name == "log_odds") for name in FEATURES}
    learned = replace(trained, circumstances=CircumstanceWeights(weights=weights, offset=0.0))
    assert "weighed with the statement's circumstances" in model_card(learned, scores())
