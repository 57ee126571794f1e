"""Does every night end as it is said to, on the stack that Compose would start?

The week of `tests/e2e/week.py`, which the tests have on plain servers: here with what
`docker-compose.yml` sets, as plain processes. PostgreSQL has to be installed (Debian's package).
As root on Linux the services have a read-only root and Compose's user; else they run as they are.
Exits with 1 where the graph, Prefect or the terminal says something that is not true.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from elasticsearch import Elasticsearch
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

from benchmarks.parts.report import ROOT, write
from benchmarks.safety.parts.compose_processes import Compose
from benchmarks.safety.parts.contained import possible
from flows.components import close_components, components
from flows.params import IngestParams
from graph.reading.snapshot import diff, snapshot
from tests.e2e.conftest import empty
from tests.e2e.operating import Worker
from tests.e2e.running import MARGIN_STEP, run
from tests.e2e.said import Night
from tests.e2e.test_production import fill
from tests.e2e.week import BATCH, MAX_CHARACTERS, SOURCE, Stack, Week
from tests.servers.elasticsearch import running
from tests.servers.neo4j import Neo4jServer

PREFIX = "factloom-nights"
VARIABLES = {
    "FACTLOOM_SOURCE__NAME": SOURCE,
    "FACTLOOM_SOURCE__PATH": "",
    "FACTLOOM_ELASTICSEARCH__INDEX": f"{PREFIX}-alias",
    "FACTLOOM_ELASTICSEARCH__FIELDS__TITLE": "headline",
    "FACTLOOM_ELASTICSEARCH__FIELDS__TEXT": "body",
    "FACTLOOM_ELASTICSEARCH__FIELDS__DELETED": "deleted",
    "FACTLOOM_ENTITIES__INDEX": f"{PREFIX}-entities",
    "FACTLOOM_EXTRACTOR__MAX_CHARACTERS": str(MAX_CHARACTERS),
    "FACTLOOM_RUN__BATCH_DOCUMENTS": str(BATCH),
}
"""What `.env` says, where it differs from the example."""


@contextmanager
def stack(folder: Path) -> Iterator[tuple[Stack, Neo4jServer]]:
    """Have all services of Compose but the worker, the samples in an index, and all deployed."""
    compose = Compose(folder, VARIABLES)
    prefect = compose.prefect_server()
    with (
        running() as address,
        Elasticsearch(address, request_timeout=60) as elasticsearch,
        compose.elasticsearch(address),
        compose.neo4j() as neo4j,
        compose.postgres(),
    ):
        fill(address, PREFIX)
        prefect.start()
        login = compose.secret("prefect_auth")
        os.environ |= compose.environment("worker")
        close_components()
        try:
            compose.deploy()
            with (
                temporary_settings({PREFECT_API_URL: prefect.url, PREFECT_API_AUTH_STRING: login}),
                get_client(sync_client=True) as client,
            ):
                made = Stack(
                    prefect=prefect,
                    client=client,
                    without_artifacts=lambda: without_artifacts(compose),
                    worker=lambda: Worker({}, folder / "worker.log", compose.command("worker")),
                    elasticsearch=elasticsearch,
                    read=f"{PREFIX}-alias",
                    written=f"{PREFIX}-documents-0",
                )
                yield made, neo4j
        finally:
            prefect.stop()
            close_components()


@contextmanager
def without_artifacts(compose: Compose) -> Iterator[None]:
    """Have Prefect's server find no table of artifacts."""
    compose.sql("ALTER TABLE artifact RENAME TO artifact_away")
    try:
        yield
    finally:
        compose.sql("ALTER TABLE artifact_away RENAME TO artifact")


def main() -> None:
    """Have the week, then a clean run to compare the graph with."""
    os.chdir(ROOT)
    os.environ["CI"] = "1"  # a server that is missing is an error
    seen: list[Night] = []
    with tempfile.TemporaryDirectory(dir="/var/tmp", prefix="factloom-nights-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with stack(folder) as (made, neo4j):
            with closing(Week(made)) as week:
                for night in week.nights():
                    seen.append(night)
                    wrong = [*night.wrong_states(), *night.wrong_counts()]
                    print(f"{night.name}: {night.state}", *wrong, sep="\n  ", flush=True)
            followed = snapshot(components().graph)
            empty(neo4j)
            run(IngestParams())
            differences = diff(followed, snapshot(components().graph), tolerance=MARGIN_STEP)
    figures = {
        "nights": len(seen),
        "true_states": sum(not night.wrong_states() for night in seen),
        "true_counts": sum(not night.wrong_counts() for night in seen),
        "graph_differences": len(differences),
        "read_only_root": int(possible()),
    }
    write("nights", figures, title="a week of nights on what Compose sets")
    if differences or any(night.wrong_states() or night.wrong_counts() for night in seen):
        sys.exit("a night was not as it was said to be")


if __name__ == "__main__":
    main()
