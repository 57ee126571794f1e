"""A training from files to a checkpoint."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.checkpoint import EMBEDDINGS, Checkpoint
from extractor.datasets.docred import read_docred
from extractor.datasets.splits import in_held_out_fifth, split_documents
from extractor.digests import WEIGHTS
from extractor.errors import DatasetRejected
from extractor.evaluation.scores import evaluate_relations
from extractor.files import file_hash
from extractor.relations import RelationVocabulary
from extractor.training import train as train_module
from extractor.training.plan import TrainingPlan
from extractor.training.presets import PRESETS
from extractor.training.recipe import Recipe
from extractor.training.relation_part import new_atlop
from extractor.training.train import train
from extractor.training.trainer import TrainingProgress
from tests.unit.extractor.training.people import PEOPLE, PLACES, VOCABULARY, quiet, record

pytestmark = pytest.mark.slow


class Interrupted(Exception):
    pass


@dataclass
class Trained:
    plan: TrainingPlan
    checkpoint: Checkpoint
    seen: defaultdict[str, list[TrainingProgress]]

    def on_top(self, output: Path, **changes: Any) -> TrainingPlan:
        """Return a short plan that keeps this checkpoint's mention detector."""
        recipe = Recipe(epochs=4, batch_size=4, learning_rate=1e-3)
        changes = {"relation_recipe": recipe, **changes}
        return replace(self.plan, mentions=(), base=self.plan.output, output=output, **changes)


@pytest.fixture(scope="module")
def trained(plan: TrainingPlan) -> Trained:
    seen: defaultdict[str, list[TrainingProgress]] = defaultdict(list)
    checkpoint = train(plan, lambda progress: seen[progress.part].append(progress))
    return Trained(plan, checkpoint, seen)


def test_a_short_training_makes_a_checkpoint_that_learned_something(trained: Trained) -> None:
    plan, checkpoint = trained.plan, trained.checkpoint
    for part in ("mentions", "relations"):
        assert trained.seen[part][-1].loss < trained.seen[part][0].loss

    split = split_documents(read_docred(plan.relations))
    titles = {item.document.title for item in split.held_out}
    assert titles
    used = checkpoint.record.relation_documents_seen | set(checkpoint.record.mention_titles)
    assert not titles & used
    assert not any(in_held_out_fifth(title) for title in checkpoint.record.relation_documents_seen)
    assert len(checkpoint.record.relation_titles) == len(split.train)
    assert len(checkpoint.record.dev_titles) == len(split.dev)
    with pytest.raises(DatasetRejected, match="trained on"):
        evaluate_relations(checkpoint, split.train, training_documents=[])
    assert not plan.state_folder.exists()


def test_scores_and_card_are_of_the_weights_as_stored(trained: Trained) -> None:
    folder = trained.plan.output
    split = split_documents(read_docred(trained.plan.relations))
    scores = json.loads((folder / "scores.json").read_text())
    stored = Checkpoint.from_pretrained(folder)
    again = evaluate_relations(stored, split.held_out, training_documents=split.train)
    without = replace(again, by_relation={})
    assert scores["relations"] == json.loads(json.dumps(asdict(without)))
    assert [epoch["epoch"] for epoch in scores["epochs"]] == [1, 2, 3, 4, 5, 6]
    assert all(0 <= epoch["dev"] <= 1 for epoch in scores["epochs"])
    assert "sha256(title)" in (folder / "README.md").read_text()


@pytest.mark.parametrize(
    "name", ["bert", *(pytest.param(each, marks=pytest.mark.long) for each in ("atlop", "bert-e"))]
)
def test_each_preset_trains_a_checkpoint_of_its_own_shape(
    trained: Trained, tmp_path: Path, name: str
) -> None:
    preset = PRESETS[name]
    output = tmp_path / name
    checkpoint = train(trained.on_top(output, preset=preset), quiet)
    config = checkpoint.atlop.config
    assert (config.markers, config.pooling, config.context, config.classifier) == (
        preset.markers, preset.pooling, preset.context, preset.classifier
    )  # fmt: skip
    assert config.threshold == ("zero" if preset.loss == "bce" else "learned")
    assert config.entity_types == ()
    assert checkpoint.record.recipes["preset"] == asdict(preset)
    moved = checkpoint.atlop.shift[1:]
    assert len(set(moved.tolist())) == 1  # global and adaptive: one threshold for all
    assert (name != "atlop") or not moved.any()

    kept = trained.checkpoint.record
    assert checkpoint.record.mention_titles == kept.mention_titles
    assert checkpoint.record.recipes["mentions"] == kept.recipes["mentions"]
    for one, other in zip(
        checkpoint.tagger.state_dict().values(),
        trained.checkpoint.tagger.state_dict().values(),
        strict=True,
    ):
        assert torch.allclose(one, other)
    # The word embeddings are shared here too: one copy of 30,522 rows of 48 bytes.
    assert (output / "model.safetensors").stat().st_size < 2 * 30_522 * 48


def test_a_training_that_goes_on_begins_with_what_its_base_knows(
    trained: Trained, tmp_path: Path
) -> None:
    still = Recipe(epochs=1, batch_size=4, learning_rate=0.0)
    plan = replace(
        trained.plan,
        base=trained.plan.output,
        continued=True,
        encoder=None,
        output=tmp_path / "further",
        relation_recipe=still,
        mention_recipe=still,
    )
    further, before = train(plan, quiet), trained.checkpoint
    assert further.record.went_on_from == before.name
    assert further.record.relation_documents_seen == before.record.relation_documents_seen
    assert further.record.mention_titles == before.record.mention_titles
    assert f"Went on from the weights of `{before.name}`" in (plan.output / "README.md").read_text()
    for one, other in ((further.atlop, before.atlop), (further.tagger, before.tagger)):
        known = other.state_dict()
        for name, tensor in one.state_dict().items():
            assert name == "shift" or torch.allclose(tensor, known[name]), name
    fewer = json.loads(plan.relations.read_text())[:12]
    (tmp_path / "fewer.json").write_text(json.dumps(fewer))
    file, output = tmp_path / "fewer.json", tmp_path / "fewer"
    record = train(replace(plan, relations=file, mentions=(), output=output), quiet).record
    assert record.relation_documents_seen == before.record.relation_documents_seen
    assert {*record.relation_files} == {"fewer.json", "relations.json"}
    moved = replace(plan, relation_recipe=replace(still, learning_rate=1e-3), output=tmp_path / "m")
    weights = train(moved, quiet).atlop.state_dict()
    before_words = before.atlop.state_dict()[EMBEDDINGS]
    assert torch.allclose(weights.pop(EMBEDDINGS), before_words)  # shared, so never trained
    known = before.atlop.state_dict()
    assert not all(torch.allclose(tensor, known[name]) for name, tensor in weights.items())


def test_a_training_that_goes_on_keeps_encoder_and_relations(
    trained: Trained, tmp_path: Path
) -> None:
    plan = replace(trained.plan, encoder=None, continued=True, base=trained.plan.output)
    with pytest.raises(DatasetRejected, match="needs a base checkpoint"):
        replace(plan, base=None)
    with pytest.raises(DatasetRejected, match="needs a base checkpoint"):
        replace(plan, encoder=trained.plan.encoder)
    with pytest.raises(DatasetRejected, match="teachers start from a pretrained encoder"):
        replace(plan, unlabelled=plan.relations)
    assert plan.source == plan.base  # its word pieces, whatever the default encoder's are
    other = tmp_path / "vocabulary.json"
    other.write_text(json.dumps({**VOCABULARY, "P9999": "never seen"}))
    with pytest.raises(DatasetRejected, match="has other relations than the vocabulary"):
        train(replace(plan, vocabulary=other, mentions=(), output=tmp_path / "m"), quiet)


def test_the_default_preset_knows_the_types_of_its_documents(trained: Trained) -> None:
    config = trained.checkpoint.atlop.config
    assert config.entity_types == ("LOC", "PER")
    assert config.distances
    assert config.reverse


def test_a_training_that_was_killed_gives_the_checkpoint_of_an_unbroken_one(
    trained: Trained, tmp_path: Path
) -> None:
    def killed(progress: TrainingProgress) -> None:
        raise Interrupted

    whole, broken = (trained.on_top(tmp_path / name) for name in ("whole", "broken"))
    train(whole, quiet)
    with pytest.raises(Interrupted):
        train(broken, killed)
    assert list(broken.state_folder.glob("relations-*/step-*"))
    train(broken, quiet)
    assert file_hash(broken.output / WEIGHTS) == file_hash(whole.output / WEIGHTS)
    for name in ("calibrator.json", "scores.json"):
        assert (broken.output / name).read_text() == (whole.output / name).read_text()


def test_a_training_that_was_killed_while_it_was_scored_goes_on(
    trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = trained.on_top(tmp_path / "model")
    monkeypatch.setattr(train_module, "describe_checkpoint", interrupted)
    with pytest.raises(Interrupted):
        train(plan, quiet)
    monkeypatch.undo()
    assert (plan.output / "config.json").exists()
    assert not (plan.output / "README.md").exists()
    train(plan, quiet)
    assert (plan.output / "README.md").exists()
    assert not plan.state_folder.exists()


def interrupted(*_: Any) -> None:
    raise Interrupted


def test_teachers_label_what_nobody_did(trained: Trained, tmp_path: Path) -> None:
    unlabelled = tmp_path / "unlabelled.json"
    records = [record(f"Unlabelled {n}", PEOPLE[n % 8], PLACES[n % 4]) for n in range(12)]
    labelled = json.loads(trained.plan.relations.read_text())
    unlabelled.write_text(json.dumps([*records, *labelled]))
    plan = replace(trained.on_top(tmp_path / "model"), unlabelled=unlabelled, teachers=2)
    parts: list[str] = []
    checkpoint = train(plan, lambda progress: parts.append(progress.part))
    assert list(dict.fromkeys(parts)) == ["teacher 1", "teacher 2", "relations"]
    taught = checkpoint.record.unlabelled_titles
    assert taught == tuple(
        sorted(each["title"] for each in records if not in_held_out_fifth(each["title"]))
    )
    assert len({recipe["seed"] for recipe in checkpoint.record.recipes["teachers"]}) == 2


def test_one_seed_starts_from_the_same_weights(
    plan: TrainingPlan, tokenizer: PreTrainedTokenizerBase
) -> None:
    documents = read_docred(plan.relations)
    vocabulary = RelationVocabulary(VOCABULARY)
    assert plan.encoder is not None
    one, same, other = (
        new_atlop(PRESETS["atlop"], documents, vocabulary, plan.encoder, seed=seed).bilinear.weight
        for seed in (1, 1, 2)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
