"""Does the best recipe beat the paper's, on the same encoder, labelled documents and updates?

Compares the runs in `benchmarks/results/quality`: plain ATL against the best preset, thresholds
tuned alike on the dev documents, with a paired bootstrap by document; and the ablations in the
paper's form. `--runs` first trains what it names (some half an hour each on one core; their weights
go to `--work`), or with `all` whatever is missing.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np

from benchmarks.parts.quality_runs import RUNS, SYSTEMS, run
from benchmarks.parts.report import RESULTS, ROOT, write
from extractor.calibration.comparison import paired_bootstrap

RULE = "shifted"
"""One threshold for all relations, tuned on the dev documents, for both sides."""
Run = Mapping[str, Any]


def figures(runs: Sequence[Run]) -> dict[str, float]:
    """Return mean F1 of both sides, the larger standard deviation, and the gain's interval."""
    found: dict[str, float] = {}
    for data in ("redocred", "cdr"):
        sides = {name: _of(runs, data, name) for name in ("plain", "best")}
        if not all(sides.values()):
            continue
        scores = {name: [_f1(each) for each in side] for name, side in sides.items()}
        for name, values in scores.items():
            found[f"{data}_f1_{name}"] = fmean(values)
            found[f"{data}_seeds_{name}"] = len(values)
        spread = [stdev(values) for values in scores.values() if len(values) > 1]
        if spread:
            found[f"{data}_sd"] = max(spread)
        both = min(map(len, sides.values()))
        plain, best = (
            np.sum([each["thresholdings"][RULE]["counts"] for each in side[:both]], axis=0)
            for side in sides.values()
        )
        gain = paired_bootstrap(plain, best)
        found |= {f"{data}_gain_low": gain.low, f"{data}_gain_high": gain.high}
    return found


def table(runs: Sequence[Run]) -> str:
    """Return every system's F1, Ign F1 and average precision as a Markdown table."""
    lines = [
        "| data | system | seeds | F1, one threshold | Ign F1 | F1, per relation | F1 as trained |"
        " precision | recall | average precision |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for data in ("redocred", "cdr"):
        for system in SYSTEMS:
            side = _of(runs, data, system)
            if side:
                lines.append(f"| {data} | {system} | {len(side)} | {' | '.join(_cells(side))} |")
    return "\n".join(lines) + "\n"


def _cells(side: Sequence[Run]) -> Iterable[str]:
    rules = [each["thresholdings"] for each in side]
    untuned = "adaptive" if "adaptive" in rules[0] else "global"
    values = (
        [rule[RULE]["f1"] for rule in rules],
        [rule[RULE]["ign_f1"] for rule in rules],
        [rule["per_class"]["f1"] for rule in rules],
        [rule[untuned]["f1"] for rule in rules],
        [rule[RULE]["precision"] for rule in rules],
        [rule[RULE]["recall"] for rule in rules],
        [each["auprc"] for each in side],
    )
    return (f"{100 * fmean(column):.2f}" for column in values)


def _of(runs: Sequence[Run], data: str, system: str) -> list[Run]:
    chosen = [each for each in runs if (each["data"], each["system"]) == (data, system)]
    return sorted(chosen, key=lambda each: int(each["seed"]))


def _f1(each: Run) -> float:
    return float(each["thresholdings"][RULE]["f1"])


def main() -> None:
    """Train what is missing, then write figures and table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument(
        "--work", type=Path, default=ROOT / ".factloom" / "quality", help="folder for weights"
    )
    parser.add_argument(
        "--runs",
        nargs="*",
        default=[],
        help="train these first, DATA:SYSTEM:SEED each, or 'all' that are missing",
    )
    given = parser.parse_args()
    kept = RESULTS / "quality"
    for name in RUNS if given.runs == ["all"] else given.runs:
        data, system, seed = name.split(":")
        run(data, system, int(seed), folder=given.data, kept=kept, work=given.work)
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(kept.glob("*.json"))]
    (kept / "README.md").write_text(table(runs), encoding="utf-8")
    write("atlop_quality", figures(runs), title="F1 of the paper's recipe and of ours")


if __name__ == "__main__":
    main()
