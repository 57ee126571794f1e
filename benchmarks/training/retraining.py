"""Does retraining promote what is better, refuse what is spoilt, and go on when it is killed?

The champion learnt a quarter of Re-DocRED's documents, with as many updates as its challenger,
which learns all of them. The spoilt challenger learns all with the relations of their labels
shuffled among the labels; it is killed in its training and started again. Both challenge the same
champion, on the held-out fifth.

What was trained is kept in `.factloom/retraining` and not trained again.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.parts.processes import local_environment
from benchmarks.parts.report import ROOT, data_folder, write
from extractor.datasets.splits import in_held_out_fifth
from extractor.training.plan import RELATION_RECIPE, TrainingPlan
from extractor.training.train import train
from extractor.training.trainer import TrainingProgress
from flows.retrain.challenge import Challenge

WORK = ROOT / ".factloom" / "retraining"
SHIPPED = ROOT / "models" / "factloom-minilm"
"""Gives its mention detector to all, so that mentions are the same."""
EPOCHS = 6
CHAMPION_EPOCHS = 4 * EPOCHS
KILL_AT = 100
"""Steps after which the spoilt challenger's training is killed."""


def figures(data: Path) -> dict[str, float]:
    """Train what is not trained yet; return what the gate saw."""
    file = data / "redocred" / "dev_revised.json"
    records = json.loads(file.read_text(encoding="utf-8"))
    WORK.mkdir(parents=True, exist_ok=True)
    champion = WORK / "quarter"
    _train_champion(_written("quarter.json", quarter(records)), champion)
    if _unfinished("full"):
        _finish("full", file, champion)
    better = Challenge.load(WORK / "full" / "models" / "full")
    killed = _killed("spoilt", _written("spoilt.json", spoilt(records)), champion)
    worse = Challenge.load(WORK / "spoilt" / "models" / "spoilt")
    assert better is not None
    assert worse is not None
    for each in (better, worse):
        print(each.markdown())
    told = {
        "champion_f1": better.champion.f1,
        "challenger_f1": better.challenger.f1,
        "difference": better.difference.difference,
        "difference_low": better.difference.low,
        "difference_high": better.difference.high,
        "promoted": better.outcome == "promoted",
        "spoilt_f1": worse.challenger.f1,
        "spoilt_difference_high": worse.difference.high,
        "spoilt_rules_failed": sum(not rule.passed for rule in worse.rules),
        "spoilt_refused": worse.outcome == "refused by the gate",
        **killed,
    }
    return {name: float(value) for name, value in told.items()}


def quarter(records: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return a quarter of the documents by title, and the whole held-out fifth."""
    return [
        record
        for record in records
        if in_held_out_fifth(str(record["title"])) or _hash(f"quarter {record['title']}") % 4 == 0
    ]


def spoilt(records: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return the documents, their labels' relations shuffled; the held-out fifth as it is."""
    copy: list[dict[str, object]] = json.loads(json.dumps(records))
    labels = [
        label
        for record in copy
        if not in_held_out_fifth(str(record["title"]))
        for label in record.get("labels", ())  # type: ignore[attr-defined]
    ]
    relations = [label["r"] for label in labels]
    random.Random(0).shuffle(relations)
    for label, relation in zip(labels, relations, strict=True):
        label["r"] = relation
    return copy


def run(name: str, file: str) -> None:
    """Run the flow in this process, as `factloom retrain` does, telling every step."""
    from flows.cli.local.run import flow_ready
    from flows.params import RetrainParams

    params = RetrainParams(
        data=(Path(file),), corrections=False, epochs=EPOCHS, precision="bf16", name=name
    )
    with flow_ready(lambda: None):  # before Prefect is imported, which these do
        from flows.retrain.flow import retrain
        from flows.run.progress import listener

        listener.set(lambda progress: print(f"step {progress.done}", flush=True))
        retrain(params)


def _train_champion(file: Path, output: Path) -> None:
    def show(progress: TrainingProgress) -> None:
        print(f"{progress.part} {progress.step}/{progress.steps}", flush=True)

    state = output.with_name(f"{output.name}.state")
    if (output / "README.md").exists() and not state.exists():
        return
    recipe = replace(RELATION_RECIPE, epochs=CHAMPION_EPOCHS, precision="bf16")
    train(
        TrainingPlan(
            relations=file,
            vocabulary=None,
            mentions=(),
            base=SHIPPED,
            output=output,
            state=state,
            relation_recipe=recipe,
        ),
        show,
    )


def _finish(name: str, file: Path, champion: Path) -> int:
    """Run a retraining to its end; return the first step that it told, 0 if it told none."""
    first = 0
    with _process(name, file, champion) as process:
        for line in process.stdout or ():
            print(name, line, end="", flush=True)
            first = first or _step(line)
    if process.returncode:
        raise SystemExit(f"the retraining of {name} ended with {process.returncode}")
    return first


def _killed(name: str, file: Path, champion: Path) -> dict[str, int]:
    """Kill a retraining in its training and run it again; return the last step and the next."""
    told = WORK / f"{name}.killed.json"
    if not told.exists():
        steps = {"killed_at_step": _kill(name, file, champion)}
        told.write_text(json.dumps(steps), encoding="utf-8")
    steps = json.loads(told.read_text(encoding="utf-8"))
    if _unfinished(name):
        first = _finish(name, file, champion)
        steps = {"went_on_at_step": first, **steps}  # of the first process that went on
        told.write_text(json.dumps(steps), encoding="utf-8")
    return steps


def _kill(name: str, file: Path, champion: Path) -> int:
    """Run a retraining, kill -9 it once it tells `KILL_AT` or a later step; return that step."""
    with _process(name, file, champion) as process:
        for line in process.stdout or ():
            print(name, line, end="", flush=True)
            if _step(line) >= KILL_AT:
                process.kill()
                return _step(line)
    raise SystemExit(f"the retraining of {name} ended before it could be killed")


def _step(line: str) -> int:
    word, _, number = line.partition(" ")
    return int(number) if word == "step" else 0


def _unfinished(name: str) -> bool:
    challenge = Challenge.load(WORK / name / "models" / name)
    return challenge is None or not challenge.decided


def _process(name: str, file: Path, champion: Path) -> subprocess.Popen[str]:
    environment = local_environment(WORK / name)
    environment["FACTLOOM_EXTRACTOR__CHECKPOINT"] = str(champion)
    environment["FACTLOOM_EXTRACTOR__REGISTRY"] = str(WORK / name / "models")
    program = f"from benchmarks.training.retraining import run; run({name!r}, {str(file)!r})"
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )


def _written(name: str, records: list[dict[str, object]]) -> Path:
    path = WORK / name
    path.write_text(json.dumps(records), encoding="utf-8")
    return path


def _hash(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest(), 16)


if __name__ == "__main__":
    started = time.perf_counter()
    measured = figures(data_folder(__doc__))
    print(f"{time.perf_counter() - started:.0f} s")
    write("retraining", measured, title="retraining")
