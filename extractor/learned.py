"""Files of learned numbers: JSON with a format and exactly the fields that it has."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from extractor.errors import WeightsRejected


def read_learned(path: Path, *, form: str, names: Collection[str]) -> dict[str, Any]:
    """Return the fields of a file of learned numbers, as they stand there.

    Args:
        path: the file.
        form: what its `format` has to say.
        names: of the fields that it has to have, and no others.

    Raises:
        WeightsRejected: it cannot be read, or is of another format.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsRejected(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict) or content.pop("format", None) != form:
        raise WeightsRejected(f"{path} is not of the format {form}")
    if content.keys() != set(names):
        raise WeightsRejected(f"{path} needs exactly: {', '.join(sorted(names))}")
    return content
