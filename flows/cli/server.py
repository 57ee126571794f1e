"""Commands about the Prefect server: deploy, status."""

from __future__ import annotations

from datetime import UTC, datetime

import typer

from flows.cli.operating import SourceNames
from flows.cli.views.terminal import console, errors


def deploy() -> None:
    """Set up the Prefect server: work pools, limits, deployments, automations."""
    from flows.components import components
    from flows.operations.deploy import deploy as make

    for each in make():
        console.print(f"{each.kind:<12}{each.name}: {each.done}", soft_wrap=True)
    if not components().settings.operations.alerts:
        errors.print(
            "Nobody is told when a run fails or none has completed: name a block that can notify, "
            "FACTLOOM_OPERATIONS__ALERTS=slack-webhook/ops.",
            style="yellow",
            soft_wrap=True,
        )


def status(name: SourceNames = None) -> None:
    """Show what ran, what failed, what waits, and how fresh the graph is of each source."""
    from prefect.settings import PREFECT_API_URL

    from flows.cli.views.status import show_graph, show_server
    from flows.components import components
    from flows.errors import PrefectUnavailable
    from flows.operations.deploy import server
    from flows.operations.status import graph_status, server_status

    now = datetime.now(UTC)
    parts = components()
    address = PREFECT_API_URL.value() or ""
    unreachable = False
    if address:
        try:
            with server() as client:
                show_server(console, address, server_status(client), now)
        except PrefectUnavailable as error:
            unreachable = True
            errors.print(str(error), style="red", soft_wrap=True)
    if parts.settings.graph.kind == "neo4j" or parts.server().running():
        found = graph_status(parts.graph, *(name or ()))
        show_graph(console, found, parts.champion_name, now)
    else:
        console.print("The graph server is not running: factloom up.")
    if unreachable:
        raise typer.Exit(1)
