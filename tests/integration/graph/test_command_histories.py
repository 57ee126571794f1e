"""Any history of commands ends as one clean run over the final state does, on both servers.

Where one does not, its shortest form is told; `python -m benchmarks.safety.histories` plays many
more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from benchmarks.safety.parts.graph_servers import Access
from benchmarks.safety.parts.history.playing import divergence, diverging
from benchmarks.safety.parts.history.steps import Step
from benchmarks.safety.parts.history.world import World, world
from extractor.schema import Extraction
from graph.model.records import CursorState, UpsertReport
from graph.writing import corrections, verdicts, writer
from graph.writing.writer import GraphWriter
from tests.integration.graph.conftest import SERVERS
from tests.seeds import seeds

pytestmark = pytest.mark.integration


@pytest.fixture(params=SERVERS)
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world around an empty graph, on the embedded server and on Neo4j in turn."""
    server = request.getfixturevalue(f"{request.param}_server")
    access = Access(server.uri, server.username, server.password, server.database)
    with world(tmp_path, access) as played:
        yield played


@pytest.mark.parametrize("seed", seeds(0, 1, 2, 3, 4, 5))
def test_every_history_of_commands_ends_like_a_clean_run(played: World, seed: int) -> None:
    assert divergence(played, seed) == ""


Break = Callable[[World], AbstractContextManager[Any]]
BEGIN: list[Step] = [
    ("write", 1, 4),
    ("write", 2, 6),
    ("write", 3, 9),
    ("ingest", 1, 0),
    ("ingest", 2, 0),
]
MERGES: list[Step] = [("merge", 1, 0), ("merge", 1, 1), ("merge", 1, 2)]
KILLED = 139
"""Seed of a command that dies at its fifth transaction, before that is committed."""


def retract_nothing(_: World) -> AbstractContextManager[Any]:
    return patch.object(writer, "retract_documents", lambda *_, **__: UpsertReport())


def move_the_cursor_first(played: World) -> AbstractContextManager[Any]:
    upsert = GraphWriter.upsert

    def too_early(own: GraphWriter, extractions: Sequence[Extraction]) -> UpsertReport:
        [source] = [each for each in played.sources if each.positioned]
        state = CursorState(position=str(source.changes), config_hash=own.run.config_hash)
        own.move_cursor(source.name, state)
        return upsert(own, extractions)

    return patch.object(GraphWriter, "upsert", too_early)


def keep_what_is_withdrawn(_: World) -> AbstractContextManager[Any]:
    return patch.object(verdicts, "withdraw", lambda *_, **__: True)


def leave_verdicts_behind(_: World) -> AbstractContextManager[Any]:
    return patch.object(corrections, "move", lambda *_: set())


@pytest.mark.parametrize(
    "played", ["embedded", pytest.param("neo4j", marks=pytest.mark.long)], indirect=True
)
@pytest.mark.parametrize(
    ("break_it", "steps"),
    [
        (move_the_cursor_first, [("write", 1, 4), ("ingest", 1, KILLED)]),
        *(
            pytest.param(break_it, [*BEGIN, *steps], marks=pytest.mark.long)
            for break_it, steps in (
                (retract_nothing, [("remove", 2, 0), ("mark deleted", 3, 0)]),
                (keep_what_is_withdrawn, [("confirm", 1, 0), ("withdraw", 1, 0)]),
                (leave_verdicts_behind, [("confirm", 1, 4), ("reject", 1, 7), *MERGES]),
            )
        ),
    ],
)
def test_without_one_of_its_parts_the_graph_drifts(
    played: World, break_it: Break, steps: list[Step]
) -> None:
    assert diverging(played, steps) == []
    assert diverging(played, steps, broken=break_it(played)) != []
