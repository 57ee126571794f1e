"""Which configurations of encoders are built: known types, of sizes that encoders have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractor.errors import CheckpointRejected

FAST_MODEL_TYPES = frozenset({"bert", "roberta", "xlm-roberta", "camembert", "electra", "mpnet"})
"""Encoders whose last layer's attention can be computed for single rows."""
SLOW_MODEL_TYPES = frozenset(
    {"albert", "deberta", "deberta-v2", "distilbert", "ernie", "megatron-bert", "rembert"}
)
"""Others that hand out their attention maps; what is not listed is not built."""
SIZES = frozenset(
    {
        *("vocab_size", "hidden_size", "embedding_size", "intermediate_size"),
        *("num_hidden_layers", "num_attention_heads", "max_position_embeddings"),
        *("dim", "hidden_dim", "n_layers", "n_heads"),  # DistilBERT's words
    }
)
"""Fields that must be whole numbers above 0."""
LARGEST = (("layer", 64), ("group", 64), ("label", 1_000))
"""A word in a field's name -> its largest number: each of these costs time to build."""
LARGEST_SIZE = 1_000_000
"""Of any other number; word pieces are the most numerous."""


def check_encoder_config(config: Mapping[str, Any], where: object) -> None:
    """Refuse the configuration of an encoder that is unknown, or of an absurd size.

    Args:
        config: the fields as they stand in a file.
        where: names that file.

    Raises:
        CheckpointRejected: with the field.
    """
    known = FAST_MODEL_TYPES | SLOW_MODEL_TYPES
    if config.get("model_type") not in known:
        raise CheckpointRejected(
            f"{where}: 'model_type' is {config.get('model_type')!r}: choose an encoder of a type "
            f"that is known here: {', '.join(sorted(known))}"
        )
    for field, value in config.items():
        if field in SIZES and (type(value) is not int or value < 1):
            raise CheckpointRejected(f"{where}: {field!r} is {value!r}, no whole number above 0")
        largest = next((limit for word, limit in LARGEST if word in field), LARGEST_SIZE)
        if isinstance(value, int) and abs(value) > largest:
            raise CheckpointRejected(
                f"{where}: {field!r} is {value:,}; no encoder that is built here has more than "
                f"{largest:,}"
            )
