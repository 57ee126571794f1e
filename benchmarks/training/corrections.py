"""Do a few corrections take back an error that hundreds of labels taught? Against as many others.

A champion is trained on Re-DocRED with two relations swapped. It reads documents that it has not
seen into a real graph, where a simulated person corrects at most 30 of them. The challenger learns
these corrections as the flow `retrain` makes it; a control learns as many confirmations of other
edges. All are scored on 100 documents of the held-out fifth with their true labels.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from statistics import fmean

from benchmarks.parts.quality_runs import RECIPE
from benchmarks.parts.report import ROOT, write
from benchmarks.training.parts import simulated_person as person
from benchmarks.training.parts.corrected_graph import Entities, Judge, corrected_documents
from benchmarks.training.parts.planted import (
    SWAPPED,
    Parts,
    as_records,
    parts_of,
    swap_error,
    swapped,
)
from benchmarks.training.parts.simulated_person import Edge, Stated, Verdict
from extractor.calibration.counts import micro
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import LabelledDocument, Triple, read_docred
from extractor.datasets.gathered import read_gathered, write_gathered
from extractor.datasets.reading import LabelledFiles
from extractor.datasets.splits import split_documents
from extractor.evaluation.cells import gold_cells, gold_triples
from extractor.evaluation.gold import score_gold
from extractor.evaluation.scores import refuse_seen
from extractor.relations import RelationVocabulary
from extractor.training.plan import CORRECTION_RECIPE, TrainingPlan
from extractor.training.relation_part import trained_atlop
from extractor.training.train import train
from extractor.training.trainer import TrainingProgress
from flows.retrain.data import DOCUMENTS, gather, save_gathered

EPOCHS = 6
"""Of the project's recipe, which has 10, so that all fits into an hour of one core."""
BASE = ROOT / "models" / "factloom-minilm"
"""Gives the mention detector, which is not used, and the vocabulary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """The documents, and where all that is made lies."""

    parts: Parts
    vocabulary: RelationVocabulary
    planted: Path
    """What the champion is trained on."""
    corpus: Path
    """What it reads into the graph."""
    work: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What a model asserts of the test documents, fractions of 1."""

    error: float
    """Share of the pairs with exactly one of the two relations that get the wrong one."""
    right: float
    """Share of them that get the right one and not the other."""
    f1: float
    f1_others: float
    """F1 of all other relations."""


def prepare(data: Path, work: Path) -> Experiment:
    """Plant the swap, and write what is trained on and what is read."""
    path = data / "redocred" / "dev_revised.json"
    records = json.loads(path.read_text(encoding="utf-8"))
    parts = parts_of(split_documents(read_docred(path)))
    planted = [swapped(each) for each in as_records([*parts.train, *parts.dev], records)]
    files = {"planted.json": planted, "corpus.json": as_records(parts.corpus, records)}
    work.mkdir(parents=True, exist_ok=True)
    for name, written in files.items():
        (work / name).write_text(json.dumps(written, ensure_ascii=False), encoding="utf-8")
    return Experiment(
        parts=parts,
        vocabulary=Checkpoint.from_pretrained(BASE).relations,
        planted=work / "planted.json",
        corpus=work / "corpus.json",
        work=work,
    )


def run(experiment: Experiment, seed: int) -> dict[str, float]:
    """Make one champion, its corrected challenger and the control; return what they score."""
    parts, champion = experiment.parts, trained(experiment, seed, "champion", [])

    def correct(stated: Stated, entities: Entities) -> list[Verdict]:
        return person.corrections(stated, person.true_edges(parts.corpus, entities))

    judged, verdicts = corrected(experiment, seed, "corrections", champion, correct)

    def confirm(stated: Stated, entities: Entities) -> list[Verdict]:
        return person.random_confirmations(
            stated,
            person.true_edges(parts.corpus, entities),
            count=len(verdicts),
            documents=len(judged),
            seed=seed,
        )

    confirmed, confirmations = corrected(experiment, seed, "random", champion, confirm)
    folders = {
        "before": champion,
        "after": trained(experiment, seed, "corrected", judged),
        "random": trained(experiment, seed, "control", confirmed),
    }
    scores = {when: asdict(score(folder, experiment)) for when, folder in folders.items()}
    return {
        **{f"{name}_{when}": scores[when][name] for name in scores["before"] for when in folders},
        "verdicts": len(verdicts),
        "verdicts_rejected": sum(each.verdict == "rejected" for each in verdicts),
        "verdicts_random": len(confirmations),
        "documents": len(judged),
        "documents_random": len(confirmed),
    }


def corrected(
    experiment: Experiment, seed: int, name: str, champion: Path, judge: Judge
) -> tuple[list[LabelledDocument], list[Verdict]]:
    """Let a person judge a graph of the champion's; what is finished is not made again."""
    home = experiment.work / f"graph-{name}-{seed}"
    labels, told = home / "labels.jsonl", home / "verdicts.json"
    if not told.exists():
        shutil.rmtree(home, ignore_errors=True)
        documents, verdicts = corrected_documents(
            experiment.corpus, champion, home, experiment.vocabulary, judge
        )
        write_gathered(labels, documents)
        told.write_text(json.dumps([asdict(each) for each in verdicts]), encoding="utf-8")
    stored = json.loads(told.read_text(encoding="utf-8"))
    return read_gathered(labels), [
        Verdict(edge=Edge(**each["edge"]), verdict=each["verdict"]) for each in stored
    ]


def trained(
    experiment: Experiment, seed: int, name: str, corrected: Sequence[LabelledDocument]
) -> Path:
    """Train a checkpoint as `retrain` does; what is finished is not made again.

    Corrections are learned last, so all checkpoints of a seed have the training before that in
    common: it is made once, and copied.
    """
    output = experiment.work / f"{name}-{seed}"
    if (output / "README.md").exists():
        return output
    gathered = experiment.work / f"{name}-{seed}.gathered"
    files = LabelledFiles(files=(experiment.planted,))
    save_gathered(gather(files, experiment.vocabulary, corrected=corrected), gathered, {})
    recipe = replace(RECIPE, epochs=EPOCHS, seed=seed)
    plan = TrainingPlan(
        relations=gathered / DOCUMENTS,
        vocabulary=None,
        mentions=(),
        base=BASE,
        output=output,
        relation_recipe=recipe,
        correction_recipe=replace(CORRECTION_RECIPE, precision=recipe.precision, seed=seed),
    )
    common = experiment.work / f"common-{seed}.state"
    part = plan.part_state("relations", [plan.relations], experiment.vocabulary)
    if common.exists():
        shutil.copytree(common, part, dirs_exist_ok=True)
    split = split_documents(read_gathered(plan.relations))
    report = partial(_show, output.name)
    trained_atlop(plan, plan.preset, recipe, "relations", split, experiment.vocabulary, report)
    shutil.copytree(part, common, dirs_exist_ok=True)
    train(plan, report)
    return output


def score(folder: Path, experiment: Experiment) -> Scored:
    """Score a checkpoint on the test documents, which none of its training saw."""
    checkpoint, documents = Checkpoint.from_pretrained(folder), experiment.parts.test
    refuse_seen(documents, checkpoint.record.relation_documents_seen, checkpoint=checkpoint.name)
    scored = score_gold(checkpoint.atlop, checkpoint.tokenizer, documents, checkpoint.relations)
    cells = gold_cells(scored.windows, documents, checkpoint.relations)
    asserted, gold = cells.triples(cells.margin > 0), gold_triples(documents)
    found = swap_error(asserted, gold)
    return Scored(
        error=found.error,
        right=found.right / found.pairs,
        f1=_f1(asserted, gold),
        f1_others=_f1(
            *({each for each in some if each[2] not in SWAPPED} for some in (asserted, gold))
        ),
    )


def _f1(asserted: set[Triple], gold: set[Triple]) -> float:
    return micro(len(asserted & gold), len(asserted), len(gold)).f1


def _show(name: str, progress: TrainingProgress) -> None:
    print(
        f"{name} {progress.part} {progress.step}/{progress.steps} loss {progress.loss:.3f}",
        flush=True,
    )


def main() -> None:
    """Run the experiment for every seed, and write means and single values."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument("--work", type=Path, default=ROOT / ".factloom" / "corrections")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2])
    given = parser.parse_args()
    experiment = prepare(given.data, given.work)
    runs = {seed: run(experiment, seed) for seed in given.seeds}
    figures = {name: fmean(each[name] for each in runs.values()) for name in runs[given.seeds[0]]}
    figures |= {
        f"{name}_seed_{seed}": found[name]
        for seed, found in runs.items()
        for name in ("error_before", "error_after", "error_random")
    }
    figures["pairs"] = swap_error(set(), gold_triples(experiment.parts.test)).pairs
    write("corrections", figures, title="corrections teach")


if __name__ == "__main__":
    main()
