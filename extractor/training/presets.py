"""Presets: the paper's models and ours as sets of switches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractor.atlop.config import AtlopConfig, Classifier, Context, block_of
from extractor.atlop.features import Markers
from extractor.atlop.loss import Loss
from extractor.atlop.pooling import Pooling
from extractor.calibration.thresholds import Thresholding


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A model's switches, its loss, and how its thresholds are found; defaults are ATLOP's."""

    markers: Markers = "star"
    pooling: Pooling = "logsumexp"
    context: Context = "localized"
    classifier: Classifier = "group_bilinear"
    loss: Loss = "atl"
    thresholding: Thresholding = "adaptive"
    entity_types: bool = False
    """Beyond the paper, as are those below: see `AtlopConfig`."""
    distances: bool = False
    reverse: bool = False
    evidence: float = 0.0
    """Weight of the evidence loss (DREEAM's is 0.1)."""

    def config(self, *, relations: int, width: int, entity_types: Sequence[str]) -> AtlopConfig:
        """Return the model's shape.

        Args:
            relations: logit columns, TH included.
            width: the encoder's.
            entity_types: the types that occur in the training documents.
        """
        return AtlopConfig(
            relations=relations,
            extractor_width=width,
            block=block_of(width),
            markers=self.markers,
            pooling=self.pooling,
            context=self.context,
            classifier=self.classifier,
            threshold="zero" if self.loss == "bce" else "learned",
            entity_types=tuple(entity_types) if self.entity_types else (),
            distances=self.distances,
            reverse=self.reverse,
        )


PRESETS: Mapping[str, Preset] = {
    "atlop": Preset(),
    "bert-e": Preset(context="none", loss="bce", thresholding="global"),
    "bert": Preset(
        markers="off",
        pooling="mean",
        context="none",
        classifier="bilinear",
        loss="bce",
        thresholding="global",
    ),
    "factloom": Preset(
        loss="sat",
        thresholding="shifted",
        entity_types=True,
        distances=True,
        reverse=True,
        evidence=0.1,
    ),
}
"""`bert-e` is the paper's enhanced baseline, `bert` the BERT that it enhances (Table 3)."""
