"""Corrections have the last word, and leave the rest of what a model says as it was."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from extractor.atlop.model import Atlop
from extractor.datasets.docred import Label, LabelledDocument
from extractor.evaluation.gold import gold_features, score_gold
from extractor.training.correcting import learn_corrections, with_verdicts
from extractor.training.presets import PRESETS
from extractor.training.recipe import Recipe
from tests.checkpoints import tiny_atlop
from tests.unit.extractor.training.test_relations import ADA, VOCABULARY

pytestmark = pytest.mark.slow

JUDGED = (0, 1)


def judged(*relations: str) -> LabelledDocument:
    """Return Ada's document of which somebody judged the pair (Ada, London) alone."""
    head, tail = JUDGED
    return replace(
        ADA,
        labels=tuple(Label(head=head, relation=each, tail=tail) for each in relations),
        unjudged=frozenset(permutations(range(3), 2)) - {JUDGED},
    )


def chances(atlop: Atlop, tokenizer: PreTrainedTokenizerBase) -> NDArray[np.float32]:
    """Return Ada's chances: (ordered pairs, relations), the judged pair first."""
    ((window,),) = score_gold(atlop, tokenizer, [ADA], VOCABULARY).windows
    ways = [(pair if way == 0 else pair[::-1]) for pair in window.pairs for way in (0, 1)]
    order = [ways.index(JUDGED), *(n for n, pair in enumerate(ways) if pair != JUDGED)]
    margins = window.margins.reshape(len(ways), -1)[order]
    return np.asarray(1 / (1 + np.exp(-margins)), dtype=np.float32)


def test_judged_pairs_are_certain_and_others_as_the_model_says(
    tokenizer: PreTrainedTokenizerBase,
) -> None:
    item = judged("P69")
    ((window,),) = [
        each.windows for each in gold_features(tiny_atlop(tokenizer), tokenizer, [item], VOCABULARY)
    ]
    said = np.full((len(window.pairs), 2, len(VOCABULARY.ids)), 0.25, dtype=np.float16)
    certain = with_verdicts(said, window, item, VOCABULARY)
    row = window.pairs.index(JUDGED)
    assert certain[row, 0].tolist() == [each == "P69" for each in VOCABULARY.ids]
    assert (certain[row, 1] == 0.25).all()
    assert (np.delete(certain, row, axis=0) == 0.25).all()
    assert (said == 0.25).all()


def test_a_verdict_is_learnt_and_the_rest_is_kept(
    tokenizer: PreTrainedTokenizerBase, tmp_path: Path
) -> None:
    atlop = tiny_atlop(tokenizer)
    before = chances(atlop, tokenizer)
    right = int(before[0].argmin())
    learn_corrections(
        atlop,
        tokenizer,
        [judged(VOCABULARY.ids[right])] * 40,
        VOCABULARY,
        preset=PRESETS["factloom"],
        recipe=Recipe(epochs=10, learning_rate=2e-3, warm_up=0.0),
        state=tmp_path,
        report=lambda progress: None,
    )
    after = chances(atlop, tokenizer)
    assert after[0].argmax() == right
    assert np.abs(after[1:] - before[1:]).mean() < 0.2  # 0.5 if the others were labelled 'none'
