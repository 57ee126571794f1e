"""A small training: people who were born in places."""

from __future__ import annotations

import json

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.training.plan import TrainingPlan
from extractor.training.recipe import Recipe
from tests.checkpoints import tiny_encoder
from tests.unit.extractor.training.people import PEOPLE, PLACES, VOCABULARY, record


@pytest.fixture(scope="module")
def plan(
    tmp_path_factory: pytest.TempPathFactory, tokenizer: PreTrainedTokenizerBase
) -> TrainingPlan:
    folder = tmp_path_factory.mktemp("training")
    torch.manual_seed(1)
    encoder = tiny_encoder(tokenizer, hidden_size=48)  # not a multiple of 64
    encoder.transformer.save_pretrained(folder / "encoder")  # type: ignore[operator]
    tokenizer.save_pretrained(folder / "encoder")
    records = [record(f"Document {n}", PEOPLE[n % 8], PLACES[n % 4]) for n in range(16)]
    mentions = [record(f"Mentions {n}", PEOPLE[n % 8], PLACES[n % 4]) for n in range(8)]
    (folder / "relations.json").write_text(json.dumps(records))
    (folder / "mentions.json").write_text(json.dumps([*mentions, *records]))
    (folder / "vocabulary.json").write_text(json.dumps(VOCABULARY))
    return TrainingPlan(
        relations=folder / "relations.json",
        vocabulary=folder / "vocabulary.json",
        mentions=(folder / "mentions.json",),
        output=folder / "model",
        encoder=folder / "encoder",
        relation_recipe=Recipe(epochs=6, batch_size=4, learning_rate=1e-3),
        mention_recipe=Recipe(epochs=15, batch_size=4, learning_rate=3e-3),
    )
