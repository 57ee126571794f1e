"""What training frees stays with the process."""

from __future__ import annotations

import subprocess
import sys

import pytest

from extractor.training import memory

FAULTS = """
import resource
import torch
from {module} import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        torch.zeros(16_000_000).add_(1)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
given_back = faults()
assert keep_freed_memory()
faults()
print(given_back, faults())
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only glibc gives large blocks back at once")
def test_freed_memory_is_used_again() -> None:
    code = FAULTS.format(module=memory.__name__)
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    given_back, kept = map(int, ran.stdout.split())
    assert kept < given_back / 10
