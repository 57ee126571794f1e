"""What is said of a night, in the three places that people look at: graph, Prefect, terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    ArtifactFilterKey,
)
from typer.testing import CliRunner

from flows.cli.app import app
from graph.client import Graph

SHOWN = {
    "read": "documents read",
    "unchanged": "documents unchanged",
    "processed": "documents extracted",
    "failed": "documents failed",
    "waiting": "documents waiting to be tried again",
    "gone": "documents gone",
    "held": "documents that would be retracted",
    "skipped": "records skipped",
}
"""Counts of a run as the graph has them, and as Prefect's table calls them."""

Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """How a night went: what is true, and what is said of it."""

    name: str
    state: str
    counts: Counts
    states: Mapping[str, str]
    """By where they are said: graph, Prefect, terminal."""
    said: Mapping[str, Counts]

    def wrong_states(self) -> list[str]:
        """Return where a state is said that is not true."""
        return [f"{where}: {state}" for where, state in self.states.items() if state != self.state]

    def wrong_counts(self) -> list[str]:
        """Return what is said and did not happen."""
        return [
            f"{where}: {count} {name} instead of {self.counts[name]}"
            for where, counts in self.said.items()
            for name, count in counts.items()
            if count != self.counts[name]
        ]


def terminal(deployment: str, source: str) -> tuple[str, Counts]:
    """Return the state of a deployment's last run, and a source's counts, of `factloom status`."""
    shown = CliRunner().invoke(app, ["status"]).output
    state = re.search(rf"^ *{deployment} +(\w+)", shown, re.MULTILINE)
    counts = re.search(rf"^ *{source} +(\d+) documents, (\d+) failed", shown, re.MULTILINE)
    assert state, shown
    assert counts, shown
    return state[1], {"documents": int(counts[1]), "waiting": int(counts[2])}


def graph_state(graph: Graph, run: UUID) -> str:
    """Return how a run ended, as its Run has it."""
    return str(_record(graph, run)["state"])


def graph_counts(graph: Graph, run: UUID, source: str) -> Counts:
    """Return the counts of a run, and how many documents of a source there are."""
    [found] = graph.query(
        "MATCH (d:Document {source: $source}) WHERE d.content_hash IS NOT NULL "
        "RETURN count(d) AS documents",
        source=source,
    )
    counts = json.loads(str(_record(graph, run)["counts"]))
    return {**{name: int(counts[name]) for name in SHOWN}, "documents": int(found["documents"])}


def _record(graph: Graph, run: UUID) -> Mapping[str, object]:
    [record] = graph.query(
        "MATCH (r:Run {id: $id}) RETURN r.state AS state, r.counts AS counts", id=str(run)
    )
    return record


def prefect_state(client: SyncPrefectClient, run: UUID) -> str:
    """Return how a run ended, as Prefect has it."""
    state = client.read_flow_run(run).state
    assert state is not None
    return state.name or ""


def prefect_counts(client: SyncPrefectClient, run: UUID) -> Counts:
    """Return the table that a run left; none where it could not be stored."""
    own = ArtifactFilter(
        flow_run_id=ArtifactFilterFlowRunId(any_=[run]),
        key=ArtifactFilterKey(any_=["ingest-summary"]),
    )
    for table in client.read_artifacts(artifact_filter=own):
        rows = {row["figure"]: row["value"] for row in json.loads(str(table.data))}
        return {name: rows.get(shown, 0) for name, shown in SHOWN.items()}
    return {}
