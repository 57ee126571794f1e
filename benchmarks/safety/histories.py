"""Does any history of commands end as one clean run over the final state does? On both servers.

Documents are added, changed, redacted, emptied, deleted; ingest, replay, reconcile and backfill
run, or are killed; people judge edges and take it back; entries are merged, checkpoints promoted.
A stand-in for the model says what texts say. Each time the seeds are others, if none is given.
"""

from __future__ import annotations

import argparse
import math
import secrets
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.parts.report import write
from benchmarks.safety.parts.graph_servers import embedded_server, neo4j_server
from benchmarks.safety.parts.history.playing import LENGTH, divergence
from benchmarks.safety.parts.history.world import World, world


def play(world: World, seeds: Sequence[int]) -> int:
    """Play a history for each seed; print those that diverge, and return how many."""
    divergences = 0
    for seed in seeds:
        found = divergence(world, seed)
        divergences += bool(found)
        print(found or f"seed {seed}: equal", flush=True)
    return divergences


def main() -> None:
    """Play on both servers, and write down how many histories ended otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="not needed here")
    parser.add_argument("--steps", type=int, default=2_000, help="on each server")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="of the first")
    given = parser.parse_args()
    print(f"first seed: {given.seed}", flush=True)
    seeds = range(given.seed, given.seed + math.ceil(given.steps / LENGTH))
    figures: dict[str, float] = {}
    for name, server in (("embedded", embedded_server), ("neo4j", neo4j_server)):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            with server(home / "server") as (access, _), world(home / "world", access) as played:
                figures[f"steps_{name}"] = len(seeds) * LENGTH
                figures[f"divergences_{name}"] = play(played, seeds)
    total = {
        what: sum(value for name, value in figures.items() if name.startswith(f"{what}_"))
        for what in ("steps", "divergences")
    }
    write("histories", total | figures, title="histories of commands beside one clean run")
    if total["divergences"]:
        sys.exit("a history ended otherwise than a clean run")


if __name__ == "__main__":
    main()
