"""The training runs behind `atlop_quality`: one data set, one system, one seed each, resumable."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from safetensors.torch import load_file, save_file

from extractor.calibration.counts import micro
from extractor.calibration.reliability import auprc
from extractor.calibration.thresholds import Thresholding, Thresholds, tune
from extractor.datasets.docred import read_docred
from extractor.datasets.filter_data import CDR_VOCABULARY
from extractor.datasets.reading import read_labelled
from extractor.datasets.splits import (
    RelationSplit,
    read_vocabulary_file,
    split_documents,
    without_labels,
)
from extractor.encoder.encoder import default_encoder
from extractor.evaluation.cells import Cells, gold_cells, gold_triples
from extractor.evaluation.gold import score_gold
from extractor.evaluation.scores import facts, ign_score
from extractor.relations import RelationVocabulary
from extractor.text.pieces import load_tokenizer
from extractor.training.presets import PRESETS, Preset
from extractor.training.recipe import Recipe
from extractor.training.relation_part import new_atlop
from extractor.training.relations import train_relations
from extractor.training.teaching import TEACHER_LOSS, TaughtDocument, teach
from extractor.training.trainer import TrainingProgress

RECIPE = Recipe(epochs=10, learning_rate=2e-4, precision="bf16")
"""The same for every system, so that tuning is alike."""
PLAIN, BEST = PRESETS["atlop"], PRESETS["factloom"]
TEACHERS = 2
EPOCHS = {"redocred:plain": 13, "redocred:best": 4, "redocred:best-atgl": 4}
"""Plain's 13 over the labelled documents are as many updates as best's 4 over those and the
documents without labels. What the teachers of `best` took comes on top of that. CDR has no
documents without labels, so all of its systems take the recipe's epochs."""
ABLATIONS: Mapping[str, Preset] = {
    "atlop": PLAIN,
    "bce-loss": replace(PLAIN, loss="bce", thresholding="global"),
    "no-context": replace(PLAIN, context="none"),
    "full-bilinear": replace(PLAIN, classifier="bilinear"),
    "mean-pooling": replace(PLAIN, pooling="mean"),
    "max-pooling": replace(PLAIN, pooling="max"),
    "no-markers": replace(PLAIN, markers="off"),
    "dedicated-markers": replace(PLAIN, markers="dedicated"),
    "bert-e": PRESETS["bert-e"],
    "bert": PRESETS["bert"],
    "afl-loss": replace(PLAIN, loss="afl"),
    "sat-loss": replace(PLAIN, loss="sat"),
    "hinge-abl-loss": replace(PLAIN, loss="hinge_abl"),
    "atgl-loss": replace(PLAIN, loss="atgl"),
    "entity-types": replace(PLAIN, entity_types=True),
    "distances": replace(PLAIN, distances=True),
    "reverse": replace(PLAIN, reverse=True),
    "evidence-loss": replace(PLAIN, evidence=0.1),
}
"""One switch away from `atlop` each, or a preset of the paper; all take the recipe's epochs, so
`atlop` is plain with as many updates as the rows beside it."""
SYSTEMS: Mapping[str, Preset] = {
    "plain": PLAIN,
    "best": BEST,
    "teacher": replace(BEST, loss=TEACHER_LOSS),
    "best-atgl": replace(BEST, loss="atgl"),
    **ABLATIONS,
}
DATA_SETS, SIDES = ("redocred", "cdr"), ("plain", "best")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """Documents by what they are for, and the relations that they label."""

    split: RelationSplit
    """`held_out` is what is scored."""
    vocabulary: RelationVocabulary


def read_data_set(name: str, data: Path) -> DataSet:
    """Read a data set: Re-DocRED dev with its held-out fifth, or CDR train with CDR dev."""
    if name == "redocred":
        vocabulary = read_vocabulary_file(data / "docred" / "rel_info.json")
        path = data / "redocred" / "dev_revised.json"
        documents = read_labelled(path, vocabulary=vocabulary)
        return DataSet(split=split_documents(documents), vocabulary=vocabulary)
    train, test = (
        read_labelled(data / "cdr" / f"{part}_filter.data", vocabulary=CDR_VOCABULARY)
        for part in ("train", "dev")
    )
    # CDR comes with a test set of its own, so nothing is held out of its training documents.
    parts = split_documents(train)
    return DataSet(
        split=RelationSplit(
            train=(*parts.train, *parts.held_out), dev=parts.dev, held_out=tuple(test)
        ),
        vocabulary=CDR_VOCABULARY,
    )


RUNS = tuple(
    [f"redocred:teacher:{seed}" for seed in range(1, TEACHERS + 1)]
    + [f"{data}:{side}:{seed}" for data in DATA_SETS for side in SIDES for seed in (1, 2, 3)]
    + [f"redocred:{system}:1" for system in ABLATIONS]
)


def run(data: str, system: str, seed: int, *, folder: Path, kept: Path, work: Path) -> None:
    """Train and score one system and keep the result; a finished run is not made again.

    Args:
        data: `redocred` or `cdr`.
        system: a key of `SYSTEMS`.
        seed: of weights, batches and dropout.
        folder: the data sets.
        kept: where the result goes.
        work: where weights and the state of training go.
    """
    name = f"{data}-{system}-{seed}"
    result = kept / f"{name}.json"
    weights = work / f"{name}.safetensors"
    if result.exists() and (weights.exists() or system != "teacher"):
        return  # of a teacher the weights are needed too: they are not in git
    started = time.perf_counter()
    data_set = read_data_set(data, folder)
    preset = SYSTEMS[system]
    recipe = replace(RECIPE, seed=seed, epochs=EPOCHS.get(f"{data}:{system}", RECIPE.epochs))
    tokenizer = load_tokenizer(default_encoder())
    atlop = new_atlop(
        preset, data_set.split.train, data_set.vocabulary, default_encoder(), seed=seed
    )
    epochs = train_relations(
        atlop,
        tokenizer,
        data_set.split.train,
        data_set.vocabulary,
        preset=preset,
        recipe=recipe,
        state=work / f"{name}.state",
        report=lambda progress: _show(name, progress),
        dev=data_set.split.dev,
        taught=_taught(data, data_set, folder, work) if system.startswith("best") else (),
    )
    dev, test = (
        gold_cells(
            score_gold(atlop, tokenizer, documents, data_set.vocabulary).windows,
            documents,
            data_set.vocabulary,
        )
        for documents in (data_set.split.dev, data_set.split.held_out)
    )
    scores = {
        "data": data,
        "system": system,
        "seed": seed,
        "preset": asdict(preset),
        "recipe": asdict(recipe),
        "epochs": [asdict(epoch) for epoch in epochs],
        "seconds": round(time.perf_counter() - started),
        "auprc": auprc(test.margin, test.holds, gold=test.gold),
        "thresholdings": {
            rule: _scores(dev, test, rule, data_set) for rule in _thresholdings(preset)
        },
    }
    work.mkdir(parents=True, exist_ok=True)
    kept.mkdir(parents=True, exist_ok=True)
    save_file(atlop.state_dict(), weights)
    result.write_text(json.dumps(scores) + "\n", encoding="utf-8")


def _taught(data: str, data_set: DataSet, folder: Path, work: Path) -> list[TaughtDocument]:
    """Return DocRED's documents without labels, as the teachers label them; CDR has none."""
    if data != "redocred":
        return []
    teachers = []
    for seed in range(1, TEACHERS + 1):
        weights = work / f"{data}-teacher-{seed}.safetensors"
        if not weights.exists():
            raise SystemExit(f"run {data}:teacher:{seed} first: {weights} is missing")
        teacher = new_atlop(
            SYSTEMS["teacher"], data_set.split.train, data_set.vocabulary, default_encoder(), seed=0
        )
        teacher.load_state_dict(load_file(weights))
        teachers.append(teacher.eval())
    return teach(
        teachers,
        load_tokenizer(default_encoder()),
        without_labels(read_docred(folder / "docred" / "test_unlabelled.json"), data_set.split),
        data_set.vocabulary,
        precision=RECIPE.precision,
    )


def _thresholdings(preset: Preset) -> Sequence[Thresholding]:
    """Return the rules of the paper's Table 5; a fixed 0 means nothing without a learned TH."""
    return ("shifted", "per_class", "global" if preset.loss == "bce" else "adaptive")


def _scores(dev: Cells, test: Cells, rule: Thresholding, data_set: DataSet) -> dict[str, object]:
    """Return the scores of thresholds tuned on dev, and the counts of each document."""
    thresholds = tune(
        rule,
        dev.margin,
        dev.column,
        dev.holds,
        gold=dev.gold,
        relations=len(data_set.vocabulary.ids),
    )
    documents = data_set.split.held_out
    asserted = test.asserted(thresholds)
    predicted, gold = test.triples(asserted), gold_triples(documents)
    score = micro(len(predicted & gold), len(predicted), len(gold))
    ign = ign_score(predicted, gold, documents, facts(data_set.split.train))
    counts = [
        np.bincount(test.document[chosen], minlength=len(documents))
        for chosen in (asserted & test.holds, asserted)
    ]
    return {
        **asdict(score),
        "ign_f1": ign.f1,
        "dev_f1": _f1(dev, thresholds),
        "counts": [
            [int(right), int(found), len(item.labels)]
            for right, found, item in zip(*counts, documents, strict=True)
        ],
    }


def _f1(cells: Cells, thresholds: Thresholds) -> float:
    asserted = cells.asserted(thresholds)
    right, found = int((asserted & cells.holds).sum()), int(asserted.sum())
    return micro(right, found, cells.gold).f1


def _show(name: str, progress: TrainingProgress) -> None:
    if progress.step % 50 == 0:
        print(f"{name} {progress.step}/{progress.steps} loss {progress.loss:.3f}", flush=True)
