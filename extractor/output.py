"""What changes the output beside the document and the checkpoint, as one hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

OUTPUT_VERSION = 4
"""Raised when a change to the stages changes what the same checkpoint extracts."""


def config_hash(
    *,
    index: str,
    clustering: str,
    linking: str,
    link_above: float,
    checks: str,
    precision: str,
    languages: Sequence[str],
) -> str:
    """Return the hash of what changes the output, the checkpoint apart: that is backfill's job.

    Args:
        index: version of the entity index.
        clustering: version of the clustering weights.
        linking: version of the linking weights.
        link_above: confidence from which a link is written.
        checks: version of the weights of what is known of statements.
        precision: of matrix products.
        languages: of the documents that are extracted.
    """
    parts = {
        "version": OUTPUT_VERSION,
        "index": index,
        "clustering": clustering,
        "linking": linking,
        "link_above": link_above,
        "checks": checks,
        "precision": precision,
        "languages": sorted(languages),
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]
