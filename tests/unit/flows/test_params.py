"""What the flows refuse before they begin."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from flows.params import IngestParams, ReconcileParams, ReplayParams, SourceParams


@pytest.mark.parametrize("kind", [IngestParams, ReplayParams, ReconcileParams])
def test_a_path_needs_a_name_for_its_source(kind: type[SourceParams]) -> None:
    with pytest.raises(ValidationError, match="--name mine"):
        kind(path=Path("documents.jsonl"))
    assert kind(path=Path("documents.jsonl"), name="mine").name == "mine"
