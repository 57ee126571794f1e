"""The precision of matrix products; sums, softmax, losses and margins are fp32 always."""

from __future__ import annotations

from typing import Literal

import torch

Precision = Literal["fp32", "bf16", "fp16"]
REDUCED = {"bf16": torch.bfloat16, "fp16": torch.float16}


def products_in(precision: Precision, device: torch.device) -> torch.autocast:
    """Return the context in which matrices are multiplied at a precision."""
    return torch.autocast(device.type, REDUCED.get(precision), enabled=precision in REDUCED)
