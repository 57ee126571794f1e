"""The retrain flow: a challenger is trained, compared with the champion, promoted if better."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from extractor.atlop.encoder import default_encoder, load_tokenizer
from extractor.checkpoint import TrainingRecord
from extractor.errors import DatasetRejected
from extractor.labelled.splits import in_held_out_fifth
from flows.components import forget
from flows.params import RetrainParams
from flows.retrain import retrain
from tests.checkpoints import tiny_encoder, write_tiny_checkpoint
from tests.e2e.running import artifact

pytestmark = pytest.mark.e2e

PEOPLE = ("Ada", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal", "Ida", "Joe")
PLACES = ("Bonn", "Cork", "Lima", "Oslo", "Rome", "Riga")
TITLES = [f"{person} of {place}" for person in PEOPLE for place in PLACES]


@pytest.fixture
def params(tmp_path: Path) -> RetrainParams:
    """Sixty documents that all say where somebody was born, and a tiny encoder to train."""
    data = tmp_path / "labelled.json"
    data.write_text(json.dumps([_record(title) for title in TITLES]), encoding="utf-8")
    encoder = tmp_path / "encoder"
    tokenizer = load_tokenizer(default_encoder())
    tokenizer.save_pretrained(encoder)
    tiny_encoder(tokenizer).transformer.save_pretrained(encoder)  # type: ignore[operator]
    return RetrainParams(data=data, encoder=str(encoder), epochs=1, name="challenger")


def test_a_better_challenger_is_promoted_and_no_other(
    params: RetrainParams, local_profile: None, champion: Path
) -> None:
    report = retrain(params)
    held_out = sum(in_held_out_fifth(title) for title in TITLES)
    assert report.champion_scores.documents == report.challenger_scores.documents == held_out > 0
    pointer = champion.parent / "champion"
    assert pointer.exists() == report.better
    assert (champion.parent / "challenger" / "training_record.json").exists()
    shown = artifact("retrain-report")
    assert report.challenger in shown
    assert ("not promoted" in shown) != report.better


def test_a_champion_that_saw_the_held_out_documents_is_not_compared(
    params: RetrainParams, local_profile: None, champion: Path
) -> None:
    seen = tuple(title for title in TITLES if in_held_out_fifth(title))
    write_tiny_checkpoint(champion, record=TrainingRecord(relation_titles=seen))
    with pytest.raises(DatasetRejected, match="was trained on"):
        retrain(params)
    assert not (champion.parent / "champion").exists()


@pytest.fixture
def champion(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, local_profile: None) -> Path:
    """The champion, in a folder of its own."""
    folder = write_tiny_checkpoint(tmp_path / "models" / "tiny")
    monkeypatch.setenv("FACTLOOM_EXTRACTOR__CHECKPOINT", str(folder))
    forget()
    return folder


def _record(title: str) -> dict[str, Any]:
    person, place = title.split(" of ")
    return {
        "title": title,
        "sents": [[person, "was", "born", "in", place, "."], [person, "is", "well", "."]],
        "vertexSet": [
            [
                {"name": person, "sent_id": 0, "pos": [0, 1], "type": "PER"},
                {"name": person, "sent_id": 1, "pos": [0, 1], "type": "PER"},
            ],
            [{"name": place, "sent_id": 0, "pos": [4, 5], "type": "LOC"}],
        ],
        "labels": [{"h": 0, "r": "P19", "t": 1, "evidence": [0]}],
    }
