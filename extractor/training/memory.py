"""Memory that training frees is kept for the next step, instead of being given back.

A step allocates and frees the same large tensors again and again. glibc gives blocks of this size
back to the system at once, which has to clear their pages for the next step: a third of the time
of a step, and more where other processes work. (`docs/explanation/model.md` has the figures.)
"""

from __future__ import annotations

import ctypes

TRIM_THRESHOLD, TOP_PAD, MMAP_MAX = -1, -2, -4
"""Parameters of glibc's mallopt(3)."""
NEVER = 2**31 - 1
AT_A_TIME = 256 * 2**20
"""Bytes that are asked of the system together."""


def keep_freed_memory() -> bool:
    """Keep what the process frees from now on; return whether its C library can."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    options = ((MMAP_MAX, 0), (TRIM_THRESHOLD, NEVER), (TOP_PAD, AT_A_TIME))
    taken = [mallopt(option, value) for option, value in options]
    return all(taken)
