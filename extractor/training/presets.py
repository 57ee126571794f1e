"""Presets: the paper's models and ours as sets of switches, and how the paper trained them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractor.atlop.config import AtlopConfig, Classifier, Context, block_of
from extractor.atlop.features import Markers
from extractor.atlop.loss import Loss
from extractor.atlop.pooling import Pooling
from extractor.training.recipe import Recipe
from extractor.trust.thresholds import Thresholding


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

PAPER_RECIPES: Mapping[str, Recipe] = {
    "docred-bert-base": Recipe(
        epochs=30, batch_size=4, learning_rate=5e-5, head_learning_rate=1e-4
    ),
    "docred-roberta-large": Recipe(
        epochs=30, batch_size=4, learning_rate=3e-5, head_learning_rate=1e-4
    ),
    "cdr-scibert-base": Recipe(
        epochs=30, batch_size=4, learning_rate=2e-5, head_learning_rate=1e-4
    ),
    "gda-scibert-base": Recipe(
        epochs=10, batch_size=16, learning_rate=2e-5, head_learning_rate=1e-4
    ),
}
"""Table 2; for all AdamW, dropout 0.1, gradients clipped at 1.0, 6 % warm-up, linear decay to 0."""
