from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Generator
from functools import partial
from threading import Event

import pytest

from corpus.elasticsearch.parallel import in_parallel


def numbers(stop: Event, *, start: int, count: int) -> Generator[int, None, None]:
    yield from range(start, start + count)


def threads() -> int:
    return sum(thread.name.startswith("shard-") for thread in threading.enumerate())


@pytest.mark.parametrize("workers", [1, 2, 9])
def test_all_items_come_each_tasks_in_their_order(workers: int) -> None:
    tasks = [partial(numbers, start=1000 * n, count=50) for n in range(5)]

    found = list(in_parallel(tasks, threads=workers))

    for n in range(5):
        assert [item for item in found if item // 1000 == n] == list(range(1000 * n, 1000 * n + 50))
    assert threads() == 0


def test_nothing_is_read_of_no_tasks() -> None:
    assert list(in_parallel([], threads=4)) == []


def test_tasks_wait_until_their_items_are_taken() -> None:
    taken: list[int] = []

    def counting(stop: Event) -> Generator[int, None, None]:
        for n in range(100):
            taken.append(n)
            yield n

    reading = in_parallel([counting], threads=1)
    next(reading)
    reading.close()

    assert len(taken) <= 4


def test_closing_ends_the_tasks_and_their_cleaning_up() -> None:
    cleaned: list[int] = []

    def endless(stop: Event, *, number: int) -> Generator[int, None, None]:
        try:
            while not stop.is_set():
                yield number
        finally:
            cleaned.append(number)

    reading = in_parallel([partial(endless, number=n) for n in range(3)], threads=3)
    next(reading)
    reading.close()

    assert sorted(cleaned) == [0, 1, 2]
    assert threads() == 0


def test_a_reading_that_nobody_closes_does_not_keep_the_process_alive() -> None:
    script = """
from itertools import count
from corpus.elasticsearch.parallel import in_parallel

def endless(stop):
    yield from count()

reading = in_parallel([endless, endless], threads=2)
next(reading)
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30)


def test_an_error_of_one_task_ends_all() -> None:
    def failing(stop: Event) -> Generator[int, None, None]:
        yield 1
        raise RuntimeError("told")

    def waiting(stop: Event) -> Generator[int, None, None]:
        stop.wait()
        yield 2

    with pytest.raises(RuntimeError, match="told"):
        list(in_parallel([failing, waiting], threads=2))
    assert threads() == 0
