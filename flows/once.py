"""Once: a part that is built on first use, by whichever thread asks first, and then shared."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Call it to get the part. A build that raised is tried again by the next call."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._lock = Lock()
        self._parts: list[T] = []

    def __call__(self) -> T:
        """Return the part, built now if nobody did."""
        with self._lock:
            if not self._parts:
                self._parts.append(self._build())
            return self._parts[0]

    @property
    def built(self) -> bool:
        """Whether the part exists."""
        return bool(self._parts)
