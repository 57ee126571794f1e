"""Ray actors that hold the model: each loads it once and takes batches by reference.

Every actor is a process, on this machine or another, that reads its own settings and has its own
connection to the entity index; documents travel through Ray's object store.
"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from queue import SimpleQueue
from typing import Any

from config.settings import RunSettings
from extractor.errors import Stopped
from extractor.schema import Document
from flows.errors import NoRay
from flows.ingest.extraction import extract_documents
from flows.records import Batch
from flows.redaction import redacted

RESTARTS = 2
"""An actor that died, say for want of memory, is started again and given its batch again."""


KNOCK_SECONDS = 5.0


class RemoteExtractor:
    """What runs in an actor."""

    def extract(self, documents: Sequence[Document]) -> Batch:
        """Extract a batch with the model of this process."""
        with redacted():  # Ray sends the traceback with all its causes
            return extract_documents(documents)


@contextmanager
def actors(run: RunSettings, *, gpu: bool) -> Iterator[Actors]:
    """Start the actors of a run, and stop them at its end.

    Raises:
        NoRay: it is not installed, or there is no cluster at its address.
    """
    try:
        import ray
    except ImportError:
        raise NoRay(
            "FACTLOOM_RUN__TASK_RUNNER is ray, which is not installed: pip install -e '.[ray]' "
            "-c constraints.txt, or set threads"
        ) from None
    before = signal.getsignal(signal.SIGTERM)
    try:
        if run.ray_address and run.ray_address != "auto":
            _knock(run.ray_address)
        ray.init(
            address=run.ray_address or "local",
            include_dashboard=None if run.ray_address else False,
            configure_logging=False,
            log_to_driver=False,
        )
    except (OSError, RuntimeError, ValueError) as error:
        raise NoRay(
            f"no Ray cluster answers at {run.ray_address!r}: start one, or leave "
            "FACTLOOM_RUN__RAY_ADDRESS empty for one on this machine"
        ) from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, before)  # Ray's own would end the run in mid-batch
    try:
        yield Actors(run, gpu=gpu)
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Find out in seconds what takes Ray minutes: whether anything listens at 'host:port'."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    with socket.create_connection((host, int(port)), KNOCK_SECONDS):
        pass


class Actors:
    """The actors of one run, each busy with one batch at a time."""

    def __init__(self, run: RunSettings, *, gpu: bool) -> None:
        import ray

        self.parallel, self.documents = run.parallel, run.batch_documents
        actor: Any = ray.remote(
            num_cpus=1, num_gpus=int(gpu), max_restarts=RESTARTS, max_task_retries=RESTARTS
        )(RemoteExtractor)
        self._actors = [actor.remote() for _ in range(run.parallel)]
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for each in self._actors:
            self._idle.put(each)
        self._stopped = False

    def extract(self, documents: Sequence[Document]) -> Batch:
        """Have a batch extracted by the next idle actor, and wait for it.

        Raises:
            Stopped: the actors were stopped before it was done.
        """
        import ray

        batch = ray.put(tuple(documents))
        actor = self._idle.get()
        try:
            extracted: Batch = ray.get(actor.extract.remote(batch))
        except ray.exceptions.RayError:
            if self._stopped:
                raise Stopped("the actors were stopped") from None
            raise
        finally:
            self._idle.put(actor)
        return extracted

    def stop(self) -> None:
        """Kill the actors, whatever they are at."""
        import ray

        self._stopped = True
        for actor in self._actors:
            ray.kill(actor)
