"""The hash of what changes the output beside document and checkpoint."""

from __future__ import annotations

from typing import Any

import pytest

from extractor import output

PLAIN: dict[str, Any] = {
    "index": "v1",
    "clustering": "c1",
    "linking": "w1",
    "link_above": 0.5,
    "checks": "k1",
    "precision": "fp32",
    "languages": ["en"],
}


@pytest.mark.parametrize(
    "change",
    [
        {"index": "v2"},
        {"clustering": "c2"},
        {"linking": "w2"},
        {"link_above": 0.6},
        {"checks": "k2"},
        {"precision": "bf16"},
        {"languages": []},
    ],
)
def test_it_moves_with_index_weights_precision_and_languages(change: dict[str, Any]) -> None:
    plain = output.config_hash(**PLAIN)
    assert plain == output.config_hash(**PLAIN)
    assert plain != output.config_hash(**PLAIN | change)


def test_it_moves_with_the_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = output.config_hash(**PLAIN)
    monkeypatch.setattr(output, "OUTPUT_VERSION", output.OUTPUT_VERSION + 1)
    assert plain != output.config_hash(**PLAIN)
