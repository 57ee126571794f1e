"""A part that threads share: built once, by whichever of them asks first."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from threading import RLock
from typing import Any, TypeVar

Part = TypeVar("Part")


class shared_property(cached_property[Part]):
    """A cached property with the lock that Python 3.12 took out of those."""

    def __init__(self, build: Callable[[Any], Part]) -> None:
        super().__init__(build)
        self.lock = RLock()

    def __get__(  # type: ignore[override]
        self, instance: object, owner: type[Any] | None = None
    ) -> Part:
        with self.lock:
            return super().__get__(instance, owner)
