"""Several iterators, each read by a thread, as one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from queue import Full, Queue
from threading import Event, Lock, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")
Task = Callable[[Event], Generator[Item, None, None]]

_POLL_SECONDS = 0.1


def in_parallel(tasks: Sequence[Task[Item]], *, threads: int) -> Generator[Item, None, None]:
    """Yield what the tasks yield: each task's items in their order, the tasks side by side.

    No more than an item a thread waits to be taken. The first error of a task ends all of them.
    So does closing this generator: it returns when the threads have ended.

    Args:
        tasks: each returns an iterator, which is to end soon when its event is set.
        threads: tasks read at the same time, at most.
    """
    crew = _Crew(tasks, min(threads, len(tasks)))
    try:
        yield from crew.items()
    finally:
        crew.end()


class _Crew(Generic[Item]):
    def __init__(self, tasks: Sequence[Task[Item]], threads: int) -> None:
        self._tasks = iter(tasks)
        self._lock = Lock()
        self._stop = Event()
        self._queue: Queue[tuple[Item] | BaseException | None] = Queue(maxsize=max(threads, 1))
        # Daemons: a reading that nobody closes must not keep the process from ending.
        self._threads = [
            Thread(target=self._work, name=f"shard-{n}", daemon=True) for n in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def items(self) -> Iterator[Item]:
        working = len(self._threads)
        while working:
            message = self._queue.get()
            if message is None:
                working -= 1
            elif isinstance(message, BaseException):
                raise message
            else:
                yield message[0]

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        try:
            while (task := self._next()) and not self._stop.is_set():
                with closing(task(self._stop)) as items:
                    for item in items:
                        if not self._put((item,)):
                            return
            self._put(None)
        except BaseException as error:
            self._put(error)

    def _next(self) -> Task[Item] | None:
        with self._lock:
            return next(self._tasks, None)

    def _put(self, message: tuple[Item] | BaseException | None) -> bool:
        """Wait for room; False when nobody takes anything any more."""
        while not self._stop.is_set():
            try:
                self._queue.put(message, timeout=_POLL_SECONDS)
                return True
            except Full:
                continue
        return False
