"""Commands about the Prefect server: deploy, status."""

from __future__ import annotations

from flows.commands.terminal import console, errors


def deploy() -> None:
    """Set up the Prefect server: work pools, limits, deployments, automations."""
    from flows.components import components
    from flows.deploying import deploy as make

    for each in make():
        console.print(f"{each.kind:<12}{each.name}: {each.done}", markup=False, soft_wrap=True)
    if not components().settings.operations.alerts:
        errors.print(
            "Nobody is told when a run fails or none has completed: name a block that can notify, "
            "FACTLOOM_OPERATIONS__ALERTS=slack-webhook/ops.",
            style="yellow",
            markup=False,
            soft_wrap=True,
        )
