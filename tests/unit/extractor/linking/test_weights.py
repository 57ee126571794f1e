"""Linking weights are read strictly."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.errors import WeightsRejected
from extractor.linking import read_weights, shipped_weights
from extractor.linking.features import FEATURES
from extractor.linking.weights import SHIPPED, KindWeights

HOMONYMS, POPULARITY = FEATURES.index("homonyms"), FEATURES.index("popularity")
Change = Callable[[dict[str, Any]], object]


def changed(folder: Path, change: Change) -> Path:
    content = json.loads(SHIPPED.read_text(encoding="utf-8"))
    change(content)
    path = folder / "weights.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_saving_and_reading_gives_the_same_weights(tmp_path: Path) -> None:
    shipped_weights().save(tmp_path / "weights.json")
    again = read_weights(tmp_path / "weights.json")
    assert again == shipped_weights()
    assert again.version == shipped_weights().version
    assert (tmp_path / "weights.json").read_bytes() == SHIPPED.read_bytes()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda c: c.update(format="other"), "not of the format"),
        (lambda c: c.pop("terms"), "needs exactly"),
        (lambda c: c.update(more=1), "needs exactly"),
        (lambda c: c["features"].reverse(), "for other features"),
        (lambda c: c["names"]["first"].pop(), "one finite number for each feature"),
        (lambda c: c["terms"].update(offset=float("nan")), "one finite number for each feature"),
        (lambda c: c["names"].update(slope=-1.0), "slope must be above 0"),
        (
            lambda c: c["terms"]["second"].__setitem__(HOMONYMS, 0.1),
            "weight of homonyms would make",
        ),
        (
            lambda c: c["names"]["first"].__setitem__(POPULARITY, -0.1),
            "weight of popularity would make",
        ),
        (lambda c: c["names"].update(first=None), "weights.json"),
    ],
)
def test_other_weights_are_refused(tmp_path: Path, change: Change, reason: str) -> None:
    with pytest.raises(WeightsRejected, match=reason):
        read_weights(changed(tmp_path, change))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsRejected, match="cannot be read"):
        read_weights(tmp_path / "none.json")
    (tmp_path / "deep.json").write_bytes(b"[" * 100_000)
    with pytest.raises(WeightsRejected, match=r"deep\.json"):
        read_weights(tmp_path / "deep.json")


@pytest.mark.parametrize("name", ["slope", "offset"])
@pytest.mark.parametrize("kind", ["names", "terms"])
def test_every_number_moves_the_version(kind: str, name: str) -> None:
    weights = shipped_weights()
    own: KindWeights = getattr(weights, kind)
    changed: KindWeights = replace(own, **{name: getattr(own, name) * 0.5})
    names = kind == "names"
    other = replace(weights, names=changed) if names else replace(weights, terms=changed)
    assert other.version != weights.version


def test_own_types_have_weights_of_their_own() -> None:
    weights = shipped_weights()
    assert weights.of("PER") is weights.names
    assert weights.of("Disease") is weights.terms


def test_the_training_documents_do_not_move_the_version() -> None:
    assert replace(shipped_weights(), trained_on=()).version == shipped_weights().version


def test_shipped_weights_saw_no_held_out_document() -> None:
    from extractor.datasets.splits import in_held_out_fifth

    titles = [document.partition(":")[2] for document in shipped_weights().trained_on]
    assert len(titles) > 500
    wikipedia = [
        t for d, t in zip(shipped_weights().trained_on, titles, strict=True) if d[0] != "s"
    ]
    assert not any(map(in_held_out_fifth, wikipedia))
