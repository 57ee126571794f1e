"""How fast are names looked up in a large index on this machine, and in how much memory?

An index of a million names that were made up (`generated_entities`); a thousand names are asked for
at once, 30 candidates each: 70 % as the index has them, 20 % in other letters, 10 % that it does
not have, half of those for a typo, half new. Building and looking up are processes of their own.

`encoder_passes` is what mentions, clusters and links cost together with the index of the samples,
`encoder_passes_large_index` with the large one, where almost every name of the documents is unknown
and so looked for by trigrams.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from typing import TypeVar

from benchmarks.parts.report import ROOT, write
from benchmarks.speed.parts.generated_entities import Names, write_entities
from corpus.entities.sqlite import SqliteEntityIndex

ASKED = 1_000
CANDIDATES = 30
REPEATS = 9
LINKED = 64
"""Documents of Re-DocRED dev, whose mentions are found and linked."""
Answer = TypeVar("Answer")


def asked_names(entities_file: Path, seed: int = 2) -> dict[str, list[str]]:
    """Return names to look up, by what the index knows of them."""
    random = Random(seed)
    with entities_file.open(encoding="utf-8") as file:
        entities = map(json.loads, file)
        held = [name for entity in entities for name in (entity["name"], *entity["aliases"])]
    known = set(held)
    names = random.sample(held, ASKED)
    tenth = ASKED // 10
    made = Names(seed)
    new = (name for name in iter(made.name, None) if name not in known)
    return {
        "exact": names[: 7 * tenth],
        "folded": [name.upper().replace(" ", "-") for name in names[7 * tenth : 9 * tenth]],
        "unknown": [
            *(_with_typo(name, random) for name in names[9 * tenth : 9 * tenth + tenth // 2]),
            *islice(new, tenth // 2),
        ],
    }


def _with_typo(name: str, random: Random) -> str:
    at = random.randrange(len(name))
    return name[:at] + "q" + name[at + 1 :]


def build(index: Path, entities_file: Path) -> float:
    """Build the index; return the seconds that it takes."""
    started = time.perf_counter()
    SqliteEntityIndex.build(index, entities_file)
    return time.perf_counter() - started


def look_up(index: Path, asked: dict[str, list[str]]) -> dict[str, float]:
    """Look all names up several times, the index just opened the first time."""
    names = [name for some in asked.values() for name in some]
    Random(3).shuffle(names)
    taken = []
    found = {}
    for _ in range(REPEATS):
        started = time.perf_counter()
        opened = SqliteEntityIndex(index)
        found = opened.candidates(names, limit=CANDIDATES)
        opened.close()
        taken.append(time.perf_counter() - started)
    figures = {
        "lookup_1000_s": median(taken),
        "lookup_1000_max_s": max(taken),
        "candidates_per_name": sum(map(len, found.values())) / len(found),
    }
    for kind, some in asked.items():
        figures[f"answered_{kind}"] = sum(bool(found[name]) for name in some) / len(some)
    return figures


def measured(work: Callable[[], Answer]) -> tuple[Answer, float]:
    """Do the work in a process of its own; return what it returns, and its peak memory in MB."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        answer = process.submit(work).result()
        return answer, process.submit(_peak_mb).result()


def _peak_mb() -> float:
    """Return this process's peak: what the system tells of a child may be its parent's."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def figures(names: int, data: Path) -> dict[str, float]:
    """Build an index of so many names, look names up in it, and link documents to it."""
    with tempfile.TemporaryDirectory() as folder:
        entities_file, index = Path(folder, "entities.jsonl"), Path(folder, "entities.sqlite")
        told = write_entities(entities_file, names)
        seconds, build_mb = measured(partial(build, index, entities_file))
        looked_up, look_up_mb = measured(partial(look_up, index, asked_names(entities_file)))
        return {
            **passes(data, index),
            **looked_up,
            "peak_mb": max(build_mb, look_up_mb),
            "peak_mb_build": build_mb,
            "peak_mb_lookup": look_up_mb,
            "build_s": seconds,
            "index_mb": index.stat().st_size / 2**20,
            **told,
        }


def passes(data: Path, index: Path) -> dict[str, float]:
    """Return what mentions and links cost with the samples' index, and with an index at hand."""
    # Not above: the processes that are measured import this module, and torch is large.
    from benchmarks.speed.parts.encoder_passes import bare_documents, encoder_passes

    documents = bare_documents(data, LINKED)
    with tempfile.TemporaryDirectory() as folder:
        SqliteEntityIndex.build(Path(folder, "small"), ROOT / "samples" / "entities.jsonl")
        small = encoder_passes(documents, SqliteEntityIndex(Path(folder, "small")))
    large = encoder_passes(documents, SqliteEntityIndex(index))
    return {"encoder_passes": small, "encoder_passes_large_index": large}


def main() -> None:
    """Measure, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="folder of data sets")
    parser.add_argument("--names", type=int, default=1_000_000, help="in the index")
    given = parser.parse_args()
    write("entity_speed", figures(given.names, given.data), title="the entity index")


if __name__ == "__main__":
    main()
