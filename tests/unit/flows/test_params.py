"""What the flows refuse before they begin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from flows import params
from flows.params import IngestParams, ReconcileParams, ReplayParams, RetrainParams, SourceParams

PARAMS = [
    kind
    for name, kind in vars(params).items()
    if name.endswith("Params") and issubclass(kind, BaseModel)
]


@pytest.mark.parametrize("kind", [IngestParams, ReplayParams, ReconcileParams])
def test_a_path_needs_a_name_for_its_source(kind: type[SourceParams]) -> None:
    with pytest.raises(ValidationError, match="--name mine"):
        kind(path=Path("documents.jsonl"))
    assert kind(path=Path("documents.jsonl"), name="mine").name == "mine"


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", "..", ".", "", "-rf", "a\x1b", "~", "a b"])
def test_a_challengers_name_is_no_path(name: str) -> None:
    with pytest.raises(ValidationError, match="name"):
        RetrainParams(name=name)


@pytest.mark.parametrize("kind", PARAMS)
def test_parameters_are_closed_and_hold_no_secret(kind: type[BaseModel]) -> None:
    assert kind.model_config.get("extra") == "forbid"
    assert [
        name for name in kind.model_fields if re.search("password|secret|key|token", name)
    ] == []
