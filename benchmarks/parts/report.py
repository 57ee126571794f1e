"""What every benchmark does with its figures: print them, and write them down with their origin."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
RESULTS = BENCHMARKS / "results"
OUTPUTS = ("README.md", "docs/figures.md", "benchmarks/results")
"""What measuring itself changes; it does not make a commit dirty."""


def data_folder(description: str | None) -> Path:
    """Return the folder of data sets that the command line names with `--data`.

    Args:
        description: the benchmark's docstring, shown by `--help`.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--data", type=Path, default=Path("data"), help="folder of data sets, with docred/ in it"
    )
    folder: Path = parser.parse_args().data
    return folder


def write(
    name: str, figures: Mapping[str, float], *, title: str = "", results: Path = RESULTS
) -> Path:
    """Print the figures and write them to `results/NAME.json`; return that path.

    Shares, F1 and accuracies are fractions of 1; a unit belongs into the key (`docs_per_s`).

    Raises:
        ValueError: a figure is not a finite number; nothing is written then.
    """
    for key, value in figures.items():
        if not math.isfinite(value):
            raise ValueError(f"benchmark {name}: the figure {key} is {value}")
    result = {
        "command": command(name, sys.argv[1:]),
        "machine": machine(),
        "commit": commit(),
        "at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "figures": dict(figures),
    }
    Console().print(_table(title or name, figures))
    results.mkdir(parents=True, exist_ok=True)
    path = results / f"{name}.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def command(name: str, arguments: Sequence[str]) -> str:
    """Return what to type for the same figures; paths relative, as they differ by machine."""
    portable = [os.path.relpath(each, ROOT) if os.path.isabs(each) else each for each in arguments]
    return shlex.join(["python", "-m", _module(name), *portable])


def _module(name: str) -> str:
    """Return what writes a result, whose name may say more, such as the device."""
    writers = [each for each in BENCHMARKS.glob("*/*.py") if name.startswith(each.stem)]
    writer = max(writers, key=lambda each: len(each.stem))
    return f"benchmarks.{writer.parent.name}.{writer.stem}"


def machine() -> str:
    """Return what the figures were measured on: processor, cores, memory, GPU."""
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{_processor()}, {os.cpu_count()} cores, {memory} GiB, {_gpu()}"


def commit() -> str:
    """Return the commit that was measured, with `-dirty` where the code differs from it."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--", ".", *(f":!{path}" for path in OUTPUTS))
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{head}-dirty" if changed else head


def formatted(value: float) -> str:
    """Return a figure for people: whole numbers whole, others with four significant digits."""
    if float(value).is_integer() or abs(value) >= 10_000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _table(title: str, figures: Mapping[str, float]) -> Table:
    table = Table("figure", title=title)
    table.add_column("value", justify="right")
    for key, value in figures.items():
        table.add_row(key, formatted(value))
    return table


def _git(*arguments: str) -> str:
    ran = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _gpu() -> str:
    import torch  # slow to import, and only a measurement needs it

    return torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
