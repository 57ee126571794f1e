"""The flow `ingest` in this process, with the settings that a benchmark gives it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.parts.neo4j_process import neo4j
from benchmarks.parts.processes import local_environment
from flows.cli.local.api import local_api
from flows.components import close_components, components
from graph.server.embedded import EmbeddedServer

if TYPE_CHECKING:
    from flows.reports.ingest_report import IngestReport


@contextmanager
def prefect_api() -> Iterator[Path]:
    """Have Prefect's API, in a home folder of its own; yield the folder."""
    with tempfile.TemporaryDirectory() as folder, local_api(Path(folder)) as api:
        home = Path(folder)
        os.environ |= {
            name: value
            for name, value in local_environment(home).items()
            if name.startswith("FACTLOOM_")
        }
        if api is not None:
            api.wait()
        yield home


@contextmanager
def embedded_graph(home: Path) -> Iterator[None]:
    """Have the settings name the embedded graph server of a home folder, and run it."""
    server = EmbeddedServer(home, int(os.environ["FACTLOOM_GRAPH__PORT"]))
    server.start()
    os.environ["FACTLOOM_GRAPH__KIND"] = "embedded"
    close_components()
    try:
        yield
    finally:
        close_components()
        server.stop()


@contextmanager
def neo4j_graph(home: Path) -> Iterator[None]:
    """Have the settings name a real Neo4j, and run it."""
    with neo4j(home / "neo4j") as server:
        named = {"KIND": "neo4j", "URI": server.uri, "PASSWORD": "none needed"}
        os.environ |= {f"FACTLOOM_GRAPH__{name}": value for name, value in named.items()}
        close_components()
        try:
            yield
        finally:
            close_components()


def set_run(**settings: object) -> None:
    """Let the next run have these settings of the section `run`."""
    os.environ |= {f"FACTLOOM_RUN__{name.upper()}": str(value) for name, value in settings.items()}
    close_components()


def empty_graph() -> None:
    """Let the graph have no documents, runs or places; what it knows of its schema stays."""
    graph = components().graph
    graph.ensure_schema()
    graph.execute_write(
        lambda transaction: transaction.tx.run(
            "MATCH (n) WHERE NOT n:Schema AND NOT n:Writer DETACH DELETE n"
        ).consume()
    )


def ingest_file(path: Path, **params: Any) -> IngestReport:
    """Ingest the documents of a file, without their gold mentions.

    Raises:
        SystemExit: the run did not complete.
    """
    from flows.ingest.flow import ingest
    from flows.params import IngestParams
    from flows.reports.ingest_report import IngestReport

    state = ingest(IngestParams(path=path, name="bench", raw=True, **params), return_state=True)
    report = state.result(raise_on_failure=False)
    if not state.is_completed() or not isinstance(report, IngestReport):
        raise SystemExit(f"the ingest ended {state.name}: {state.message}")
    return report
