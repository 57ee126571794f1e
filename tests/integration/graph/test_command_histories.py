"""Any history of commands ends as one clean run over the final state does, on both servers.

Where one does not, its shortest form is told; `python -m benchmarks.histories` plays many more.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.graph_servers import Access
from benchmarks.history.playing import divergence
from benchmarks.history.world import World, world

pytestmark = pytest.mark.integration


@pytest.fixture(params=["embedded", "neo4j"])
def played(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    """A world around an empty graph, on the embedded server and on Neo4j in turn."""
    server = request.getfixturevalue(f"{request.param}_server")
    access = Access(server.uri, server.username, server.password, server.database)
    with world(tmp_path, access) as played:
        yield played


@pytest.mark.parametrize("seed", range(6))
def test_every_history_of_commands_ends_like_a_clean_run(played: World, seed: int) -> None:
    assert divergence(played, seed) == ""
