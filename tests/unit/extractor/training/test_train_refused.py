"""What no training begins with, or goes on from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.datasets.docred import read_docred
from extractor.datasets.splits import split_documents, titles
from extractor.errors import CheckpointRejected, DatasetRejected
from extractor.relations import RelationVocabulary
from extractor.training.plan import TrainingPlan
from extractor.training.presets import PRESETS
from extractor.training.train import train
from tests.unit.extractor.training.people import VOCABULARY, quiet, record


def test_teachers_are_refused_for_a_loss_that_takes_no_chances(plan: TrainingPlan) -> None:
    with pytest.raises(DatasetRejected, match="takes no soft labels"):
        replace(plan, preset=PRESETS["atlop"], unlabelled=plan.relations)


def test_mention_documents_that_are_all_held_out_are_refused(
    plan: TrainingPlan, tmp_path: Path
) -> None:
    split = split_documents(read_docred(plan.relations))
    kept = titles((*split.dev, *split.held_out))
    records = [each for each in json.loads(plan.relations.read_text()) if each["title"] in kept]
    (tmp_path / "kept.json").write_text(json.dumps(records))
    mentions = (tmp_path / "kept.json",)
    with pytest.raises(DatasetRejected, match=r"kept.json: all documents are held out"):
        train(replace(plan, mentions=mentions, output=tmp_path / "model"), quiet)


def test_training_without_any_source_of_mentions_is_refused(plan: TrainingPlan) -> None:
    fresh = replace(plan, mentions=(), output=plan.output.with_name("fresh"))
    with pytest.raises(DatasetRejected, match="base checkpoint"):
        train(fresh, quiet)


def test_training_without_any_vocabulary_is_refused(plan: TrainingPlan) -> None:
    fresh = replace(plan, vocabulary=None, output=plan.output.with_name("fresh"))
    with pytest.raises(DatasetRejected, match="relation vocabulary"):
        train(fresh, quiet)


@pytest.mark.parametrize("file", ["config.json", "README.md"])
def test_neither_a_checkpoint_nor_a_file_of_others_is_written_over(
    plan: TrainingPlan, tmp_path: Path, file: str
) -> None:
    (tmp_path / file).write_text("{}")
    with pytest.raises(CheckpointRejected, match="choose another folder"):
        train(replace(plan, output=tmp_path), quiet)


def test_a_file_in_the_place_of_a_checkpoint_is_refused(plan: TrainingPlan, tmp_path: Path) -> None:
    (tmp_path / "model").write_text("mine")
    with pytest.raises(CheckpointRejected, match="choose another folder"):
        train(replace(plan, output=tmp_path / "model"), quiet)


@pytest.mark.parametrize("field", ["relations", "documents", "entities"])
def test_other_labels_do_not_go_on_from_an_older_state(
    plan: TrainingPlan, tmp_path: Path, field: str
) -> None:
    vocabulary = RelationVocabulary({"P19": "place of birth"})
    states = set()
    for content in ("one", "two"):
        path = tmp_path / content
        path.write_text(content)
        change: dict[str, Any] = {field: path}
        changed = replace(plan, **change)
        states.add(changed.part_state("relations", [changed.relations], vocabulary))
        states.add(replace(changed).part_state("relations", [changed.relations], vocabulary))
    assert len(states) == 2


@pytest.mark.parametrize(
    "changes", [{"preset": PRESETS["bert"]}, {"encoder": "elsewhere"}], ids=["preset", "encoder"]
)
def test_other_switches_or_encoders_do_not_go_on_from_an_older_state(
    plan: TrainingPlan, changes: dict[str, Any]
) -> None:
    vocabulary = RelationVocabulary(VOCABULARY)
    states = {
        each.part_state("relations", [plan.relations], vocabulary)
        for each in (plan, replace(plan, **changes))
    }
    assert len(states) == 2
    signed = RelationVocabulary({"P19": "place of birth"})
    assert plan.part_state("relations", [plan.relations], signed) not in states


def test_too_few_documents_are_refused_with_what_is_left(
    plan: TrainingPlan, tmp_path: Path
) -> None:
    few = tmp_path / "few.json"
    few.write_text(json.dumps([record("Document 0", "Ada", "Bonn")]))
    with pytest.raises(DatasetRejected, match=r"few\.json: without the held-out fifth"):
        train(replace(plan, relations=few, output=tmp_path / "model"), quiet)
