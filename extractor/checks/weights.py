"""What a finding is worth: a JSON file with a number of log-odds for each kind."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache, cached_property
from pathlib import Path

from extractor.errors import WeightsRejected
from extractor.learned import read_learned

FORMAT = "factloom-checks-1"
SHIPPED = Path(__file__).with_name("weights.json")
KINDS = ("supported", "contradicted", "second value")
SUREST = 1e-9
"""No probability is nearer to 0 or 1: its log-odds stay finite."""


@dataclass(frozen=True, kw_only=True)
class CheckWeights:
    """How far each kind of finding moves a probability.

    Raises:
        WeightsRejected: a kind is missing or unknown, or a number is not finite.
    """

    log_odds: Mapping[str, float]
    """Kind -> what is added to the log-odds."""
    errors: Mapping[str, float]
    """Kind -> standard error of that number."""
    statements: Mapping[str, int]
    """Kind -> statements that it was learned from."""
    trained_on: tuple[str, ...]
    """Titles of the documents that they were learned from."""

    def __post_init__(self) -> None:
        """Check the numbers; JSON brings tuples back as lists."""
        object.__setattr__(self, "trained_on", tuple(self.trained_on))
        if {*self.log_odds} != {*KINDS} or not all(map(math.isfinite, self.log_odds.values())):
            raise WeightsRejected(f"check weights need one finite number for each of {KINDS}")

    def probability(self, before: float, kind: str) -> float:
        """Return the probability of a statement of which something is known."""
        kept = min(max(before, SUREST), 1 - SUREST)
        after = math.log(kept / (1 - kept)) + self.log_odds[kind]
        return 1 / (1 + math.exp(-after))

    @cached_property
    def version(self) -> str:
        """Hash of all that changes a probability."""
        return hashlib.sha256(json.dumps(self.log_odds, sort_keys=True).encode()).hexdigest()[:16]

    def save(self, path: Path) -> None:
        """Write the weights."""
        content = {"format": FORMAT, **asdict(self)}
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_check_weights(path: Path) -> CheckWeights:
    """Return the weights in a file.

    Raises:
        WeightsRejected: it cannot be read, or is no weights of this version.
    """
    names = [field.name for field in fields(CheckWeights)]
    content = read_learned(path, form=FORMAT, names=names)
    try:
        return CheckWeights(**content)
    except (AttributeError, TypeError, WeightsRejected) as error:
        raise WeightsRejected(f"{path}: {error}") from error


@cache
def shipped_weights() -> CheckWeights:
    """Return the weights that come with Factloom."""
    return read_check_weights(SHIPPED)
