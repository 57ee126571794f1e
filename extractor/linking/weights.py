"""The learned numbers of linking: a JSON file with the names of the features that they weigh."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, fields
from functools import cache, cached_property
from pathlib import Path

from extractor.errors import WeightsRejected
from extractor.learned import read_learned
from extractor.linking.features import FALLING, FEATURES, RISING
from extractor.schema import ENTITY_TYPES

FORMAT = "factloom-linking-2"
SHIPPED = Path(__file__).with_name("weights.json")


@dataclass(frozen=True, kw_only=True)
class KindWeights:
    """How much each feature counts for one kind of name, and what a score is worth.

    Raises:
        WeightsRejected: the numbers do not fit this version's features, or are not finite.
    """

    first: tuple[float, ...]
    """Of the first pass, which knows no links yet."""
    second: tuple[float, ...]
    """Of the second, which knows the first's."""
    slope: float
    """Confidence = sigmoid(slope * log-odds of the candidate's share + offset)."""
    offset: float

    def __post_init__(self) -> None:
        """Check the numbers; JSON brings tuples back as lists."""
        for name in ("first", "second"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        numbers = (*self.first, *self.second, self.slope, self.offset)
        if len(numbers) != 2 * len(FEATURES) + 2 or not all(map(math.isfinite, numbers)):
            raise WeightsRejected("linking weights need one finite number for each feature")
        if self.slope <= 0:
            raise WeightsRejected("slope must be above 0")
        for name in (*FALLING, *RISING):
            sign = -1 if name in RISING else 1
            place = FEATURES.index(name)
            if min(sign * self.first[place], sign * self.second[place]) < 0:
                raise WeightsRejected(
                    f"the weight of {name} would make links likelier by other candidates"
                )


@dataclass(frozen=True, kw_only=True)
class LinkingWeights:
    """The weights of both kinds of names.

    Raises:
        WeightsRejected: they are for other features.
    """

    features: tuple[str, ...]
    names: KindWeights
    """Of proper names, of DocRED's types: their entries bear the very name as a rule."""
    terms: KindWeights
    """Of own types, such as 'Disease': their names are inflected, and in any order."""
    trained_on: tuple[str, ...]
    """Ids of the documents that they were learned from."""

    def __post_init__(self) -> None:
        """Check the features; JSON brings tuples back as lists."""
        for name in ("features", "trained_on"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.features != FEATURES:
            raise WeightsRejected(
                f"linking weights are for other features: {', '.join(self.features)}; train them "
                "again with python -m benchmarks.training.linking_weights --data DIR"
            )

    def of(self, type_: str) -> KindWeights:
        """Return the weights of clusters of a type."""
        return self.names if type_ in ENTITY_TYPES else self.terms

    @cached_property
    def version(self) -> str:
        """Hash of all that changes a link."""
        content = asdict(self) | {"trained_on": None}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def save(self, path: Path) -> None:
        """Write the weights, a number a line."""
        content = {"format": FORMAT, **asdict(self)}
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def read_weights(path: Path) -> LinkingWeights:
    """Return the weights in a file.

    Raises:
        WeightsRejected: it cannot be read, or is no weights of this version.
    """
    expected = [field.name for field in fields(LinkingWeights)]
    content = read_learned(path, form=FORMAT, names=expected)
    try:
        names, terms = (KindWeights(**content.pop(kind)) for kind in ("names", "terms"))
        return LinkingWeights(**content, names=names, terms=terms)
    except (TypeError, WeightsRejected) as error:
        raise WeightsRejected(f"{path}: {error}") from error


@cache
def shipped_weights() -> LinkingWeights:
    """Return the weights that come with Factloom."""
    return read_weights(SHIPPED)
