"""Which precision multiplies matrices fastest on a device: asked of the device, not of its name.

A processor without instructions for bf16 computes it in software, many times slower than fp32.
"""

from __future__ import annotations

import time
from typing import Literal

import torch

from extractor.encoder.precision import Precision, products_in

SECONDS = 0.4
"""That each precision is tried for."""
SHAPE = (512, 384, 1536)
"""Word pieces, and the widths of a layer: what training multiplies most."""


Choice = Literal["auto", "fp32", "bf16", "fp16"]
"""A precision, or the fastest."""


def chosen_precision(choice: Choice, device: torch.device | str) -> Precision:
    """Return what a choice means on a device."""
    return fastest_precision(torch.device(device)) if choice == "auto" else choice


def fastest_precision(device: torch.device) -> Precision:
    """Return fp32, unless the device multiplies bf16 faster."""
    tried: tuple[Precision, ...] = ("fp32", "bf16")
    return min(tried, key=lambda precision: _seconds(precision, device))


def _seconds(precision: Precision, device: torch.device) -> float:
    """Return the mean seconds of a layer's products, forth and back."""
    pieces, width, inner = SHAPE
    hidden = torch.randn(pieces, width, device=device)
    weight = torch.randn(inner, width, device=device, requires_grad=True)
    times = 0
    began = _now(device)
    while times < 2 or _now(device) - began < SECONDS:
        if times == 1:
            began = _now(device)  # the first one prepares, too
        with products_in(precision, device):
            torch.nn.functional.linear(hidden, weight).sum().backward()
        times += 1
    return (_now(device) - began) / (times - 1)


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
