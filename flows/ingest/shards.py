"""Shards of a run, each extracted by a run of the deployment `extract/shard`, on any worker."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from itertools import count
from uuid import UUID, uuid4

from prefect.client.orchestration import get_client
from prefect.client.schemas import FlowRun, State
from prefect.deployments import run_deployment
from prefect.states import Cancelling

from config.settings import RunSettings
from extractor.errors import Stopped
from extractor.schema import Document
from flows.errors import ShardFailed
from flows.ingest.exchange import Exchange
from flows.records import Batch
from flows.run.patience import answered
from flows.run.showing import showing

DEPLOYMENT = "extract/shard"
ATTEMPTS = 3
"""A worker may be killed or its machine taken away; what fails three times fails for a reason."""
POLL_SECONDS = 1.0


class Shards:
    """The shards of one run."""

    def __init__(self, files: Exchange, run: RunSettings) -> None:
        self.parallel, self.documents = run.parallel, run.shard_documents
        self._files = files
        self._numbers = count()
        self._running: set[UUID] = set()
        self._cancelled = False

    def extract(self, documents: Sequence[Document]) -> Batch:
        """Have documents extracted by a worker, and wait for it.

        Raises:
            ShardFailed: no worker finished them.
            Stopped: they were cancelled before one did.
        """
        shard = next(self._numbers)
        self._files.put_documents(shard, documents)
        ended: list[str] = []
        while len(ended) < ATTEMPTS and not self._cancelled:
            state = self._run(shard)
            if state.is_completed():
                return self._files.take_extracted(shard)
            ended.append(state.name or state.type.value)
        if self._cancelled:
            raise Stopped(f"shard {shard} was cancelled")
        raise ShardFailed(
            f"shard {shard}, {len(documents)} documents, was not extracted (its runs of "
            f"{DEPLOYMENT} ended {', '.join(ended)}): their logs at Prefect "
            "say why; nothing of it is written, and the next ingest takes its documents again"
        )

    def _run(self, shard: int) -> State[None]:
        """Start a run that extracts a shard, and return how it ended."""
        parameters = {"params": {"run": str(self._files.run), "shard": shard}}
        # The same key whenever it is asked again: an answer that was lost starts no second run.
        start = partial(run_deployment, DEPLOYMENT, idempotency_key=str(uuid4()))
        started = answered(lambda: start(parameters=parameters, timeout=0))
        assert isinstance(started, FlowRun)  # a coroutine only where an event loop runs
        self._running.add(started.id)
        try:
            return _end(started.id)
        finally:
            self._running.discard(started.id)

    def stop(self) -> None:
        """Cancel the runs that have not ended, and try none again."""
        self._cancelled = True
        with get_client(sync_client=True) as client:
            for run in tuple(self._running):
                with showing(f"that the run {run} is cancelled"):
                    client.set_flow_run_state(run, Cancelling(message="its ingest has ended"))


def _end(run: UUID) -> State[None]:
    """Wait until a run has ended."""
    with get_client(sync_client=True) as client:
        while True:
            state = answered(lambda: client.read_flow_run(run)).state
            if state is not None and state.is_final():
                return state
            time.sleep(POLL_SECONDS)
