"""Make the shipped checkpoint of a run of `atlop_quality` and a mention detector."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path

from safetensors.torch import load_file

from benchmarks.parts.quality_runs import EPOCHS, RECIPE, SYSTEMS, TEACHERS, read_data_set
from benchmarks.parts.report import RESULTS, ROOT
from extractor.checkpoint import Checkpoint
from extractor.datasets.docred import read_docred
from extractor.datasets.splits import without_labels
from extractor.encoder.encoder import default_encoder
from extractor.training.mention_part import kept_mentions
from extractor.training.plan import TrainingPlan
from extractor.training.relation_part import new_atlop
from extractor.training.train import TrainedModels, finish
from extractor.training.trainer import Epoch


def main() -> None:
    """Fit the decisions, save, score and describe."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument("--work", type=Path, default=ROOT / ".factloom" / "quality")
    parser.add_argument("--system", default="best")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--base", type=Path, required=True, help="gives the mention detector")
    parser.add_argument("--output", type=Path, required=True, help="folder of the new checkpoint")
    given = parser.parse_args()
    name = f"redocred-{given.system}-{given.seed}"
    data_set = read_data_set("redocred", given.data)
    unlabelled = given.data / "docred" / "test_unlabelled.json"
    plan = TrainingPlan(
        relations=given.data / "redocred" / "dev_revised.json",
        vocabulary=given.data / "docred" / "rel_info.json",
        mentions=(),
        output=given.output,
        base=given.base,
        preset=SYSTEMS[given.system],
        relation_recipe=replace(RECIPE, epochs=EPOCHS[f"redocred:{given.system}"], seed=given.seed),
        unlabelled=unlabelled,
        teachers=TEACHERS,
        teacher_recipe=replace(RECIPE, seed=0),  # so that the teachers' are 1 and 2
    )
    atlop = new_atlop(
        plan.preset, data_set.split.train, data_set.vocabulary, default_encoder(), seed=0
    )
    atlop.load_state_dict(load_file(given.work / f"{name}.safetensors"))
    run = json.loads((RESULTS / "quality" / f"{name}.json").read_text(encoding="utf-8"))
    base = Checkpoint.from_pretrained(given.base)
    tagger, record = kept_mentions(base)
    models = TrainedModels(
        atlop=atlop.eval(),
        epochs=[Epoch(**epoch) for epoch in run["epochs"]],
        taught=without_labels(read_docred(unlabelled), data_set.split),
        tagger=tagger,
        mention_record=record,
        languages=base.languages,
    )
    stored = finish(plan, models, data_set.split, data_set.vocabulary)
    print(f"saved {stored.name} to {given.output}")


if __name__ == "__main__":
    main()
