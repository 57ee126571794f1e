"""Teachers label what nobody labelled, and a model learns from their chances."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import PreTrainedTokenizerBase

from extractor.atlop.loss import relation_loss
from extractor.atlop.model import Atlop
from extractor.datasets.docred import LabelledDocument
from extractor.evaluation.gold import gold_features, score_gold
from extractor.relations import RelationVocabulary, TypeConstraint
from extractor.training.presets import PRESETS
from extractor.training.recipe import Recipe
from extractor.training.relations import (
    label_matrix,
    make_samples,
    taught_samples,
    train_relations,
    training_losses,
)
from extractor.training.teaching import TaughtDocument, teach
from tests.checkpoints import tiny_atlop
from tests.unit.extractor.annotated import labelled
from tests.unit.extractor.training.test_relations import ADA, BERT, VOCABULARY, output_for

pytestmark = pytest.mark.slow

PAIRS = 3


@pytest.fixture(scope="module")
def teachers(tokenizer: PreTrainedTokenizerBase) -> list[Atlop]:
    one, other = tiny_atlop(tokenizer), tiny_atlop(tokenizer)
    with torch.no_grad():
        other.bilinear.bias.add_(torch.tensor([0.0, 1.0, -2.0, 0.5, 3.0]))
    return [one, other]


def taught_by(
    teachers: list[Atlop],
    tokenizer: PreTrainedTokenizerBase,
    documents: list[LabelledDocument],
    vocabulary: RelationVocabulary = VOCABULARY,
) -> list[TaughtDocument]:
    return teach(teachers, tokenizer, documents, vocabulary, precision="fp32")


def test_chances_are_the_mean_of_what_the_teachers_say(
    teachers: list[Atlop], tokenizer: PreTrainedTokenizerBase
) -> None:
    taught = taught_by(teachers, tokenizer, [BERT, ADA])
    assert [each.item for each in taught] == [BERT, ADA]
    voices = [score_gold(each, tokenizer, [BERT, ADA], VOCABULARY).windows for each in teachers]
    for each, *windows in zip(taught, *voices, strict=True):
        (chances,) = each.chances
        said = [1 / (1 + np.exp(-window[0].margins)) for window in windows]
        assert chances.shape == (PAIRS, 2, 4)
        assert np.abs(said[0] - said[1]).max() > 0.1
        assert np.allclose(chances, np.mean(said, axis=0), atol=1e-3)


def test_what_types_rule_out_has_no_chance(
    teachers: list[Atlop], tokenizer: PreTrainedTokenizerBase
) -> None:
    signed = RelationVocabulary(
        VOCABULARY.names, {"P17": TypeConstraint(head=frozenset({"LOC"}), tail=frozenset({"LOC"}))}
    )
    (taught,) = taught_by(teachers, tokenizer, [ADA], signed)
    ((window,),) = [each.windows for each in gold_features(teachers[0], tokenizer, [ADA], signed)]
    chances = taught.chances[0][..., VOCABULARY.ids.index("P17")]
    cities = window.pairs.index((1, 2))
    assert (chances[cities] > 0).all()
    assert not np.delete(chances, cities, axis=0).any()


def test_chances_stand_where_labels_would(
    teachers: list[Atlop], tokenizer: PreTrainedTokenizerBase
) -> None:
    hard = make_samples(teachers[0], tokenizer, [ADA], VOCABULARY)
    (taught,) = taught_by(teachers, tokenizer, [BERT])
    soft = taught_samples(teachers[0], tokenizer, [taught], VOCABULARY)
    labels = label_matrix([*hard, *soft], len(VOCABULARY))
    assert labels.dtype == torch.float32
    assert torch.equal(labels[:PAIRS], label_matrix(hard, len(VOCABULARY)).float())
    assert torch.equal(labels[PAIRS:, :, 1:], torch.from_numpy(taught.chances[0]).float())
    assert not labels[PAIRS:, :, 0].any()  # of TH
    assert soft[0].evidence == ()


def test_labels_of_a_taught_document_are_not_read(
    teachers: list[Atlop], tokenizer: PreTrainedTokenizerBase
) -> None:
    (taught,) = taught_by(teachers, tokenizer, [BERT])
    assert taught.item.labels
    bare = replace(taught, item=replace(BERT, labels=()))
    one, other = (
        label_matrix(taught_samples(teachers[0], tokenizer, [each], VOCABULARY), 5)
        for each in (taught, bare)
    )
    assert torch.equal(one, other)


def test_the_loss_of_soft_labels_is_that_of_their_shares(
    teachers: list[Atlop], tokenizer: PreTrainedTokenizerBase
) -> None:
    taught = taught_by(teachers, tokenizer, [BERT])
    soft = taught_samples(teachers[0], tokenizer, taught, VOCABULARY)
    output = output_for(soft)
    expected = relation_loss(
        output.logits.flatten(0, 1), label_matrix(soft, 5).flatten(0, 1), "atgl"
    )
    found = training_losses(output, soft, replace(PRESETS["factloom"], loss="atgl"))
    assert found.tolist() == pytest.approx([expected.item(), 0.0])


def test_a_model_learns_what_its_teacher_says(
    tokenizer: PreTrainedTokenizerBase, tmp_path: Path
) -> None:
    teacher, pupil = tiny_atlop(tokenizer), tiny_atlop(tokenizer)
    with torch.no_grad():
        teacher.bilinear.bias.add_(torch.tensor([0.0, 2.0, -2.0, 2.0, -2.0]))
    documents = [labelled(text, title=text) for text in (
        "[Ada|PER|0] left [Kent|LOC|1].", "[Carl|PER|0] met [Emma|PER|1] in [Bonn|LOC|2].",
    )]  # fmt: skip
    taught = taught_by([teacher], tokenizer, documents)

    def distance(model: Atlop) -> float:
        said = taught_by([model], tokenizer, documents)
        pairs = zip(said, taught, strict=True)
        return float(np.mean([np.abs(a.chances[0] - b.chances[0]).mean() for a, b in pairs]))

    before = distance(pupil)
    train_relations(
        pupil,
        tokenizer,
        [],
        VOCABULARY,
        preset=replace(PRESETS["atlop"], loss="sat"),
        recipe=Recipe(epochs=40, batch_size=2, learning_rate=2e-3, warm_up=0.0),
        state=tmp_path,
        report=lambda progress: None,
        taught=taught,
    )
    assert distance(pupil) < before / 3


def test_a_loss_that_takes_no_soft_labels_is_refused(
    teachers: list[Atlop], tokenizer: PreTrainedTokenizerBase, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="the loss afl takes no soft labels"):
        train_relations(
            teachers[0],
            tokenizer,
            [ADA],
            VOCABULARY,
            preset=replace(PRESETS["atlop"], loss="afl"),
            recipe=Recipe(epochs=1),
            state=tmp_path,
            report=lambda progress: None,
            taught=taught_by(teachers, tokenizer, [BERT]),
        )
