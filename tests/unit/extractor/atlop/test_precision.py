from __future__ import annotations

import pytest
import torch

from extractor.encoder.precision import Precision, products_in


@pytest.mark.parametrize(
    ("precision", "dtype"),
    [("fp32", torch.float32), ("bf16", torch.bfloat16), ("fp16", torch.float16)],
)
def test_matrices_are_multiplied_at_the_precision_and_only_inside(
    precision: Precision, dtype: torch.dtype
) -> None:
    one = torch.randn(2, 2)
    with products_in(precision, one.device):
        assert (one @ one).dtype == dtype
        assert (one + one).dtype == torch.float32
    assert (one @ one).dtype == torch.float32
