"""Does any history of commands end as one clean run over the final state does? On both servers.

Documents are added, changed, redacted, emptied, deleted; ingest, replay, reconcile and backfill run,
or are killed; people judge edges and take it back; entries are merged, checkpoints promoted. A
stand-in for the model says what its texts say. Each time the seeds are others, if none is given.
"""

from __future__ import annotations

import argparse
import random
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.history.steps import DOCUMENTS, NAMES, Step, differences
from benchmarks.history.world import Access, World, world
from benchmarks.neo4j_process import DATABASE, neo4j
from benchmarks.processes import local_environment
from benchmarks.report import write
from graph.server import EmbeddedServer

LENGTH = 50
"""Steps in a history."""
SHOWN = 5


@contextmanager
def embedded(home: Path) -> Iterator[Access]:
    """Run an embedded server."""
    server = EmbeddedServer(home, int(local_environment(home)["FACTLOOM_GRAPH__PORT"]))
    server.start()
    try:
        yield Access(server.uri, server.username, server.password, server.database)
    finally:
        server.stop()


@contextmanager
def real_neo4j(home: Path) -> Iterator[Access]:
    """Run a Neo4j."""
    with neo4j(home) as server:
        yield Access(server.uri, "neo4j", "none needed", DATABASE)


def steps_of(seed: int, length: int = LENGTH) -> list[Step]:
    """Return a random history."""
    randomness = random.Random(seed)
    return [
        (randomness.choice(NAMES), randomness.randint(1, DOCUMENTS), randomness.randrange(10**6))
        for _ in range(length)
    ]


def diverges(world: World, seed: int, steps: list[Step]) -> list[str]:
    """Return where a history ends otherwise than a clean run; also that it did not end at all."""
    try:
        return differences(world, steps, seed=seed, whole=seed % 2 == 0)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]


def shortened(world: World, seed: int, steps: list[Step]) -> list[Step]:
    """Return a part of a history that diverges still, without any step that it can spare."""
    at = 0
    while at < len(steps):
        fewer = [*steps[:at], *steps[at + 1 :]]
        if diverges(world, seed, fewer):
            steps = fewer
        else:
            at += 1
    return steps


def play(world: World, seeds: list[int]) -> int:
    """Play a history for each seed; print those that diverge, and return how many."""
    divergences = 0
    for seed in seeds:
        found = diverges(world, seed, steps_of(seed))
        if found:
            divergences += 1
            print(f"seed {seed} diverges: {found[:SHOWN]}", flush=True)
            print(f"  {shortened(world, seed, steps_of(seed))}", flush=True)
    return divergences


def main() -> None:
    """Play on both servers, and write down how many histories ended otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="not needed here")
    parser.add_argument("--steps", type=int, default=2_000, help="on each server")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="of the first")
    given = parser.parse_args()
    print(f"first seed: {given.seed}", flush=True)
    seeds = list(range(given.seed, given.seed + -(-given.steps // LENGTH)))
    figures: dict[str, float] = {}
    for name, server in (("embedded", embedded), ("neo4j", real_neo4j)):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            with server(home / "server") as access, world(home / "world", access) as played:
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
