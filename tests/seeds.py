"""Seeds of tests that play something at random."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet


def seeds(first: int, *more: int) -> list[int | ParameterSet]:
    """Return the seed that CI tries, and more for `make test-long`."""
    return [first, *(pytest.param(seed, marks=pytest.mark.long) for seed in more)]
