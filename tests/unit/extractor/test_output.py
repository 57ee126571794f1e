"""The hash of what changes the output beside document and checkpoint."""

from __future__ import annotations

import pytest

from extractor import output


def test_it_moves_with_index_precision_languages_and_stages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = output.config_hash(index="v1", precision="fp32", languages=["en"])
    assert plain == output.config_hash(index="v1", precision="fp32", languages=["en"])
    assert plain != output.config_hash(index="v2", precision="fp32", languages=["en"])
    assert plain != output.config_hash(index="v1", precision="bf16", languages=["en"])
    assert plain != output.config_hash(index="v1", precision="fp32", languages=[])
    monkeypatch.setattr(output, "OUTPUT_VERSION", output.OUTPUT_VERSION + 1)
    assert plain != output.config_hash(index="v1", precision="fp32", languages=["en"])
