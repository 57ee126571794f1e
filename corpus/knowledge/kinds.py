"""What kind of file a knowledge base's own is: told by its name and how it begins."""

from __future__ import annotations

import json
import re
from contextlib import closing
from pathlib import Path
from typing import Literal

from corpus.errors import SourceRejected
from corpus.knowledge.opening import Opened

Kind = Literal["wikidata", "mesh", "csv", "jsonl", "geonames"]
GEONAMES = Path("geonames")
"""What is given instead of a file: the places come with a package."""
_BEGINNING = 64 * 1024
"""Bytes that are looked at."""
_MESH = re.compile(r"[^\t]*\t[^\t]+\t")


def source_kind(source: Path) -> Kind:
    """Return the kind of a source.

    Raises:
        SourceRejected: It cannot be read, or nothing tells its kind.
    """
    if source == GEONAMES and not source.exists():
        return "geonames"
    with closing(Opened(source)) as file:
        beginning = next(file.through(iter([file.bytes.read(_BEGINNING)])))
    lines = beginning.decode("utf-8-sig", "replace").splitlines()
    line = next((each.strip().rstrip(",") for each in lines if each.strip(" []\t")), "")
    if line.startswith("{"):
        return "wikidata" if _of_wikidata(line) else "jsonl"
    if _MESH.match(line):
        return "mesh"
    if "," in line:
        return "csv"
    raise SourceRejected(f"nothing tells what {source} is: give --kind")


def _of_wikidata(line: str) -> bool:
    try:
        record = json.loads(line)
    except ValueError:  # longer than what is looked at, as items of a dump are
        return (
            re.match(r'\{\s*"(type|pageid|id)"\s*:\s*"?(item|property|lexeme|Q?\d)', line)
            is not None
        )
    return "labels" in record or "claims" in record or record.get("type") == "item"
