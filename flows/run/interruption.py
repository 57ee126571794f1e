"""Stopping between batches: Ctrl-C, SIGTERM (a worker that cancels), a cancel at Prefect's API.

What is committed stays, and the next run goes on from there. The first signal only asks; a second
one ends the process at once, which is safe too, as no transaction holds half a document. Both also
hold for a process that was started with the signal ignored, as a script's `&` does with SIGINT.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from prefect.client.orchestration import get_client
from prefect.runtime import flow_run

from flows.run.patience import hurried

log = logging.getLogger(__name__)
Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None
DEFAULTS: Mapping[signal.Signals, Handler] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
}


class Interruption:
    """Whether somebody asked the run to stop."""

    def __init__(self) -> None:
        self.asked = False
        self._unanswered = False

    def requested(self) -> bool:
        """Return whether the run shall stop: its extraction at once, all else between batches."""
        self.asked = self.asked or self._cancelling()
        return self.asked

    def _cancelling(self) -> bool:
        if flow_run.id is None:
            return False
        try:
            with hurried(), get_client(sync_client=True) as client:
                state = client.read_flow_run(flow_run.id).state
        except Exception as error:  # a server that is away asks nothing, and is soon asked again
            if not self._unanswered:
                log.warning("cannot ask Prefect for a cancel: %s", type(error).__name__)
            self._unanswered = True
            return False
        self._unanswered = False
        return state is not None and (state.is_cancelling() or state.is_cancelled())


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Turn the first signal into a request, as long as the context lasts."""
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption  # signals reach the main thread only
        return
    before = {number: signal.getsignal(number) for number in DEFAULTS}

    def ask(number: int, frame: FrameType | None) -> None:
        interruption.asked = True
        for each, handler in before.items():
            signal.signal(each, DEFAULTS[each] if handler is signal.SIG_IGN else handler)

    for number in DEFAULTS:
        signal.signal(number, ask)
    try:
        yield interruption
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
