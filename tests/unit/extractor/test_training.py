from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.docred import read_docred
from extractor.errors import CheckpointRejected, DatasetRejected
from extractor.evaluation import evaluate_relations
from extractor.relations import RelationVocabulary
from extractor.splits import in_held_out_fifth, split_documents
from extractor.trainer import Progress, Recipe
from extractor.training import TrainingPlan, train
from tests.checkpoints import tiny_encoder

PEOPLE = ["Ada", "Bert", "Carl", "Dora", "Emma", "Frank", "Greta", "Hugo"]
PLACES = ["London", "Paris", "Bonn", "Rome"]


def record(title: str, person: str, place: str) -> dict[str, Any]:
    return {
        "title": title,
        "sents": [[person, "was", "born", "in", place, "."], ["Nobody", "else", "was", "."]],
        "vertexSet": [
            [{"name": person, "pos": [0, 1], "sent_id": 0, "type": "PER"}],
            [{"name": place, "pos": [4, 5], "sent_id": 0, "type": "LOC"}],
        ],
        "labels": [{"h": 0, "t": 1, "r": "P19", "evidence": [0]}],
    }


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
    (folder / "vocabulary.json").write_text(json.dumps({"P19": "place of birth", "P17": "country"}))
    return TrainingPlan(
        relations=folder / "relations.json",
        vocabulary=folder / "vocabulary.json",
        mentions=folder / "mentions.json",
        output=folder / "model",
        encoder=folder / "encoder",
        relation_recipe=Recipe(epochs=6, batch_size=4, learning_rate=1e-3),
        mention_recipe=Recipe(epochs=15, batch_size=4, learning_rate=3e-3),
    )


def test_a_short_training_makes_a_checkpoint_that_learned_something(plan: TrainingPlan) -> None:
    seen: defaultdict[str, list[Progress]] = defaultdict(list)
    checkpoint = train(plan, lambda progress: seen[progress.part].append(progress))
    for part in ("mentions", "relations"):
        assert seen[part][-1].loss < seen[part][0].loss

    split = split_documents(read_docred(plan.relations))
    titles = {item.document.title for item in split.held_out}
    assert titles
    used = checkpoint.record.relation_documents_seen | set(checkpoint.record.mention_titles)
    assert not titles & used
    assert not any(in_held_out_fifth(title) for title in checkpoint.record.relation_documents_seen)
    assert len(checkpoint.record.relation_titles) == len(split.train)
    assert len(checkpoint.record.calibration_titles) == len(split.calibration)

    with pytest.raises(DatasetRejected, match="trained on"):
        evaluate_relations(checkpoint, split.train, training_documents=[])
    scores = json.loads((plan.output / "scores.json").read_text())
    assert scores["relations"]["documents"] == len(split.held_out)
    assert "sha256(title)" in (plan.output / "README.md").read_text()

    kept = train(
        replace(plan, mentions=None, base=plan.output, output=plan.output.with_name("kept")),
        lambda progress: None,
    )
    assert kept.record.mention_titles == checkpoint.record.mention_titles
    sizes = [
        (path / "model.safetensors").stat().st_size
        for path in (plan.output, plan.output.with_name("kept"))
    ]
    assert sizes[0] == sizes[1]  # the word embeddings are shared here too


def test_training_without_any_source_of_mentions_is_refused(plan: TrainingPlan) -> None:
    fresh = replace(plan, mentions=None, output=plan.output.with_name("fresh"))
    with pytest.raises(DatasetRejected, match="base checkpoint"):
        train(fresh, lambda progress: None)


def test_a_checkpoint_is_never_written_over(plan: TrainingPlan, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(CheckpointRejected, match="choose another folder"):
        train(replace(plan, output=tmp_path), lambda progress: None)


def test_other_labels_do_not_go_on_from_an_older_state(plan: TrainingPlan, tmp_path: Path) -> None:
    vocabulary = RelationVocabulary({"P19": "place of birth"})
    other = tmp_path / "relations.json"
    other.write_text(plan.relations.read_text().replace("P19", "P17"))
    assert plan.part_state("relations", plan.relations, vocabulary) != plan.part_state(
        "relations", other, vocabulary
    )


def test_too_few_documents_are_refused_with_what_is_left(
    plan: TrainingPlan, tmp_path: Path
) -> None:
    few = tmp_path / "few.json"
    few.write_text(json.dumps([record("Document 0", "Ada", "Bonn")]))
    with pytest.raises(DatasetRejected, match=r"few\.json: without the held-out fifth"):
        train(replace(plan, relations=few, output=tmp_path / "model"), lambda progress: None)
