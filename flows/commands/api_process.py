"""Prefect's command in a process that ends with whoever started it, even where that is killed.

The starter holds the other end of standard input. It never writes: when it is gone, for whatever
reason, the input ends, and so does this process.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading


def main() -> None:
    """Run Prefect's command with the arguments of this process."""
    threading.Thread(target=_end_with_the_starter, daemon=True).start()
    runpy.run_module("prefect", run_name="__main__", alter_sys=True)


def _end_with_the_starter() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
