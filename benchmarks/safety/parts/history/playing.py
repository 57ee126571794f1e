"""Playing histories: random ones, compared with a clean run, and as short as they can be."""

from __future__ import annotations

import random
import traceback
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from benchmarks.safety.parts.history.steps import DOCUMENTS, NAMES, History, Step
from benchmarks.safety.parts.history.world import World
from graph.model.records import Correction
from graph.reading.snapshot import Snapshot, diff, snapshot

LENGTH = 50
"""Steps in a random history."""
SHOWN = 8


def divergence(world: World, seed: int) -> str:
    """Return where a random history ends otherwise than a clean run; empty if nowhere."""
    steps = _random_steps(seed)
    found = diverging(world, steps, seed=seed, whole=seed % 2 == 0)
    if not found:
        return ""
    shorter = _shortened(world, seed, steps)
    lines = "\n  ".join(found[:SHOWN])
    return f"seed {seed}: {len(found)} differences\n  {lines}\nso does {shorter}"


def _random_steps(seed: int) -> list[Step]:
    randomness = random.Random(seed)
    return [
        (randomness.choice(NAMES), randomness.randint(1, DOCUMENTS), randomness.randrange(10**6))
        for _ in range(LENGTH)
    ]


def _shortened(world: World, seed: int, steps: list[Step]) -> list[Step]:
    """Return a part of a history that diverges still, without any step that it can spare."""
    size = len(steps) // 2
    while size:
        for at in range(len(steps) - size, -1, -size):
            fewer = [*steps[:at], *steps[at + size :]]
            if diverging(world, fewer, seed=seed, whole=seed % 2 == 0):
                steps = fewer
        size //= 2
    return steps


def diverging(
    world: World,
    steps: Iterable[Step],
    *,
    seed: int = 0,
    whole: bool = True,
    broken: AbstractContextManager[object] | None = None,
) -> list[str]:
    """Return where a graph that lived through steps differs from that of one clean run.

    An error on the way is a difference, too.

    Args:
        world: which begins again.
        steps: that happen.
        seed: for the order of the last commands.
        whole: let the last backfill extract all that is left of other checkpoints.
        broken: what is wrong while the graph grows, to see that it is found.
    """
    try:
        return _differences(world, steps, seed, whole, broken)
    except Exception as error:
        return ["".join(traceback.format_exception(error))]


def _differences(
    world: World,
    steps: Iterable[Step],
    seed: int,
    whole: bool,
    broken: AbstractContextManager[object] | None,
) -> list[str]:
    world.begin_again()
    history = History(world)
    with broken or nullcontext():
        history.take(steps)
        history.finish(seed, whole=whole)
    grown, stored, documents, failed = _end(world)
    found = world.verdicts.differences(stored)
    history.clean_run(stored, {id_: checkpoint for id_, (checkpoint, _) in documents.items()})
    clean, _, clean_documents, clean_failed = _end(world)
    found += diff(clean, grown)
    found += [f"digest of {id_}" for id_ in documents if documents[id_] != clean_documents.get(id_)]
    return found + [f"failed: {each}" for each in sorted(failed ^ clean_failed)]


def _end(
    world: World,
) -> tuple[Snapshot, list[Correction], dict[str, tuple[str, str]], set[str]]:
    """Return the graph, its verdicts, each document's checkpoint and digest, and what failed.

    That a record cannot be read is no failure here: it depends on what the graph had of it.
    """
    graph = world.graph
    documents = {
        each["id"]: (each["checkpoint"], each["digest"])
        for each in graph.query(
            "MATCH (d:Document) RETURN d.id AS id, d.checkpoint AS checkpoint, d.digest AS digest"
        )
    }
    failed = {
        f"{each.id} at {each.stage}: {each.error}"
        for source in world.sources
        for each in graph.failures(source.name)
        if each.stage != "read"
    }
    return _without_former_ids(snapshot(graph)), list(graph.corrections()), documents, failed


def _without_former_ids(whole: Snapshot) -> Snapshot:
    """Return a graph without what tells its history."""
    nodes = {
        key: {name: value for name, value in node.items() if name != "former_ids"}
        for key, node in whole.nodes.items()
    }
    return replace(whole, nodes=nodes)
