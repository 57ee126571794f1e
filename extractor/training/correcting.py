"""Teach a trained model what people corrected: last, and nothing else.

Labels that misled a model outnumber the corrections of its errors by far, so that among them
corrections are outvoted. Here they have the last word: of the documents that people corrected, the
pairs they judged have their word, and all other pairs what the model said of them before, so that
it keeps the rest of what it knows ("Learning without Forgetting", Li and Hoiem, ECCV 2016).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from transformers import PreTrainedTokenizerBase

from extractor.atlop.features import Window
from extractor.atlop.model import Atlop
from extractor.datasets.docred import LabelledDocument
from extractor.evaluation.gold import gold_features
from extractor.relations import RelationVocabulary
from extractor.training.presets import Preset
from extractor.training.recipe import Recipe
from extractor.training.relations import train_relations
from extractor.training.teaching import TaughtDocument, teach
from extractor.training.trainer import Epoch, TrainingProgress


def learn_corrections(
    atlop: Atlop,
    tokenizer: PreTrainedTokenizerBase,
    corrected: Sequence[LabelledDocument],
    vocabulary: RelationVocabulary,
    *,
    preset: Preset,
    recipe: Recipe,
    state: Path,
    report: Callable[[TrainingProgress], None],
) -> tuple[Epoch, ...]:
    """Train ATLOP in place on corrected documents; all pairs but their unjudged ones are judged.

    No dev documents choose the epoch: their labels may share the error that people corrected.

    Args:
        atlop: trained on all else.
        tokenizer: the model's.
        corrected: the documents, as `read_triples` reads verdicts.
        vocabulary: the model's.
        preset: its loss takes soft labels.
        recipe: how long and how fast.
        state: a folder for the state; one that was killed goes on from there.
        report: called every 10 steps.
    """
    before = teach([atlop], tokenizer, corrected, vocabulary, precision=recipe.precision)
    features = gold_features(atlop, tokenizer, corrected, vocabulary)
    taught = [
        TaughtDocument(
            item=replace(each.item, unjudged=frozenset()),
            chances=tuple(
                with_verdicts(chances, window, item, vocabulary)
                for chances, window in zip(each.chances, built.windows, strict=True)
            ),
        )
        for each, built, item in zip(before, features, corrected, strict=True)
    ]
    return train_relations(
        atlop,
        tokenizer,
        (),
        vocabulary,
        preset=preset,
        recipe=recipe,
        state=state,
        report=report,
        taught=taught,
    )


def with_verdicts(
    chances: NDArray[np.float16],
    window: Window,
    item: LabelledDocument,
    vocabulary: RelationVocabulary,
) -> NDArray[np.float16]:
    """Return chances in which the judged pairs are certain: (pairs, 2, relations without TH).

    Args:
        chances: of the window's pairs, the same shape.
        window: of the document.
        item: its labels hold; all other relations of a judged pair do not.
        vocabulary: orders the relations.
    """
    certain = chances.copy()
    held = {(label.head, label.relation, label.tail) for label in item.labels}
    for row, (one, other) in enumerate(window.pairs):
        first, second = window.entities[one], window.entities[other]
        for way, (head, tail) in enumerate(((first, second), (second, first))):
            if (head, tail) not in item.unjudged:
                certain[row, way] = [(head, r, tail) in held for r in vocabulary.ids]
    return certain
