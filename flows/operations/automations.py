"""What the Prefect server does by itself: declare dead runs dead, and tell people what went wrong.

    factloom: dead runs          no heartbeat for 90 s            -> the run is Crashed
    factloom: runs never begun   taken by a worker 5 min ago      -> the run is Crashed
    factloom: runs that failed   a run is Failed or Crashed       -> an alert
    factloom: drift              a run unlike those before it     -> an alert
    factloom: no ingest          none has completed for 26 hours  -> an alert, and again

They watch the runs of our deployments, which all have the tag `factloom`. A run of the command line
has none, and so is nobody's business. An alert names a run and says why it ended; it holds no text
of a document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import CallWebhook, ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.exceptions import ObjectNotFound

from flows.errors import NoAlertsBlock
from flows.reports.monitoring import DRIFT_EVENT

PREFIX = "factloom: "
DEAD_SECONDS = 90
"""Three heartbeats of `prefect.yaml`: fewer took healthy runs for dead ones."""
BEGIN_SECONDS = 300
"""From when a worker takes a run to its begin, with room for a process or a container that starts
slowly. A worker that is killed in between leaves a run that no heartbeat tells of."""
TAKEN = {
    f"prefect.flow-run.{state}" for state in ("Pending", "Submitting", "InfrastructurePending")
}
HEARTBEAT = "prefect.flow-run.heartbeat"
SILENT = {
    f"prefect.flow-run.{state}"
    for state in ("Completed", "Failed", "Crashed", "Cancelled", "Suspended", "Paused")
}
"""States in which no heartbeat is to be expected."""
BEGUN = {HEARTBEAT, *SILENT} | {
    f"prefect.flow-run.{state}"
    for state in ("Running", "Scheduled", "Late", "AwaitingConcurrencySlot")
}
"""What ends that: it runs, has ended, or waits again."""
RUN = "{{ flow.name }}/{{ deployment.name }} {{ flow_run.name }}"

Alert = Callable[[str, str], CallWebhook | SendNotification]
"""Makes an action of a subject and a body, which are templates."""


def automations(alert: Alert | None, *, silent_hours: float) -> list[AutomationCore]:
    """Return what the server shall watch; what only alerts is left out where nobody is to be told.

    Args:
        alert: How to tell people; None: not at all.
        silent_hours: Without a completed ingest, after which people are told.
    """
    watched = [dead_runs(), runs_never_begun()]
    if alert is None:
        return watched
    return [*watched, failed_runs(alert), drift(alert), no_ingest(alert, silent_hours)]


def dead_runs() -> AutomationCore:
    """Return what marks a run as Crashed whose process is gone, or hangs."""
    return AutomationCore(
        name=f"{PREFIX}dead runs",
        description="A run that sends no heartbeats any more is Crashed; the next one may begin.",
        trigger=EventTrigger(
            match_related=_tagged("factloom"),
            after={HEARTBEAT},
            expect={HEARTBEAT, *SILENT},
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=DEAD_SECONDS),
        ),
        actions=[_crash(f"no heartbeat for {DEAD_SECONDS} s: its process was killed, or hangs")],
    )


def runs_never_begun() -> AutomationCore:
    """Return what marks a run as Crashed whose worker was killed before the run had begun."""
    return AutomationCore(
        name=f"{PREFIX}runs never begun",
        description="A run that a worker took and that does not begin is Crashed.",
        trigger=EventTrigger(
            match_related=_tagged("factloom"),
            after=TAKEN,
            expect=BEGUN,
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(seconds=BEGIN_SECONDS),
        ),
        actions=[
            _crash(f"taken by a worker and not begun for {BEGIN_SECONDS} s: the worker was killed")
        ],
    )


def failed_runs(alert: Alert) -> AutomationCore:
    """Return what tells people of each run that Failed or Crashed."""
    return AutomationCore(
        name=f"{PREFIX}runs that failed",
        description="Tell people of each run that Failed or Crashed.",
        trigger=EventTrigger(
            match_related=_tagged("factloom"),
            expect={"prefect.flow-run.Failed", "prefect.flow-run.Crashed"},
            for_each={"prefect.resource.id"},
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[
            alert(
                f"Factloom: {RUN} {{{{ flow_run.state.name }}}}",
                "{{ flow_run.state.message }}\n{{ flow_run|ui_url }}\n"
                "What is committed stays, and the next run goes on from there. "
                "factloom status shows what else failed.",
            )
        ],
    )


def drift(alert: Alert) -> AutomationCore:
    """Return what tells people of a run whose figures are far from those of the runs before it."""
    return AutomationCore(
        name=f"{PREFIX}drift",
        description="Tell people of a run whose figures are far from those of the runs before it.",
        trigger=EventTrigger(
            expect={DRIFT_EVENT}, posture=Posture.Reactive, threshold=1, within=timedelta(0)
        ),
        actions=[
            alert(
                "Factloom: {{ event.resource.name }} has drifted",
                "{{ event.payload.alarms|join('\n') }}\nRun {{ event.payload.run }}, "
                "checkpoint {{ event.payload.checkpoint }}.",
            )
        ],
    )


def no_ingest(alert: Alert, hours: float) -> AutomationCore:
    """Return what tells people that no ingest has completed for too long, and tells them again.

    Each completed ingest begins the time anew: it is in both `after` and `expect`. With `expect`
    alone Prefect counts in fixed windows, and would tell after up to twice the time.
    """
    completed = {"prefect.flow-run.Completed"}
    return AutomationCore(
        name=f"{PREFIX}no ingest",
        description=f"Tell people where no ingest has completed for {hours:g} hours.",
        trigger=EventTrigger(
            match_related=_tagged("ingest"),
            after=completed,
            expect=completed,
            posture=Posture.Proactive,
            threshold=1,
            within=timedelta(hours=hours),
        ),
        actions=[
            alert(
                f"Factloom: no ingest has completed for {hours:g} hours",
                "The graph is not up to date any more. factloom status shows what waits, what "
                "failed, and whether a worker is there.",
            )
        ],
    )


def alert_through(client: SyncPrefectClient, block: str) -> Alert:
    """Return how to alert through a block document, `type/name`.

    Raises:
        NoAlertsBlock: there is no such block, or it cannot notify anybody.
    """
    kind, _, name = block.partition("/")
    try:
        found = client.read_block_document_by_name(name, kind, include_secrets=False)
    except ObjectNotFound:
        raise NoAlertsBlock(
            f"the Prefect server has no block {block!r}: create it there (Blocks, for example "
            "Slack Webhook), or correct FACTLOOM_OPERATIONS__ALERTS"
        ) from None
    if kind == "webhook":
        return _webhook(found.id)
    capabilities = found.block_schema.capabilities if found.block_schema else []
    if "notify" not in capabilities:
        raise NoAlertsBlock(
            f"the block {block!r} cannot notify anybody: name a webhook or a notification block, "
            "such as slack-webhook/ops or sendgrid-email/ops"
        )
    return lambda subject, body: SendNotification(
        block_document_id=found.id, subject=subject, body=body
    )


def apply(client: SyncPrefectClient, wanted: Sequence[AutomationCore]) -> Iterator[tuple[str, str]]:
    """Make the server's automations of ours the wanted ones; yield each name, and what was done.

    One that is as wanted is not touched: its clock would begin anew.
    """
    there = {each.name: each for each in client.read_automations() if _is_ours(each.name)}
    for each in wanted:
        found = there.pop(each.name, None)
        if found is None:
            client.create_automation(each)
            yield each.name, "created"
        elif AutomationCore.model_validate(found.model_dump(exclude={"id"})) == each:
            yield each.name, "unchanged"
        else:
            client.update_automation(found.id, each)
            yield each.name, "updated"
    for name, found in there.items():
        client.delete_automation(found.id)
        yield name, "removed"


def _crash(message: str) -> ChangeFlowRunState:
    return ChangeFlowRunState(state=StateType.CRASHED, name="Crashed", message=message)


def _webhook(block: UUID) -> Alert:
    def call(subject: str, body: str) -> CallWebhook:
        payload = f'{{"subject": {_quoted(subject)}, "body": {_quoted(body)}}}'
        return CallWebhook(block_document_id=block, payload=payload)

    return call


def _quoted(template: str) -> str:
    """Return a template that renders as a JSON string, whatever a name or a message holds."""
    return f"{{% set text %}}{template}{{% endset %}}{{{{ text|tojson }}}}"


def _tagged(tag: str) -> dict[str, str | list[str]]:
    return {"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{tag}"}


def _is_ours(name: str) -> bool:
    return name.startswith(PREFIX)
