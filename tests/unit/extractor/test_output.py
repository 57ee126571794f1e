"""The hash of what changes the output beside document and checkpoint."""

from __future__ import annotations

import pytest

from extractor import output


def test_it_moves_with_the_entity_index_the_precision_and_the_stages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = output.config_hash(index="v1", precision="fp32")
    assert plain == output.config_hash(index="v1", precision="fp32")
    assert plain != output.config_hash(index="v2", precision="fp32")
    assert plain != output.config_hash(index="v1", precision="bf16")
    monkeypatch.setattr(output, "OUTPUT_VERSION", output.OUTPUT_VERSION + 1)
    assert plain != output.config_hash(index="v1", precision="fp32")
