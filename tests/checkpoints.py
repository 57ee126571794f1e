"""A tiny checkpoint with random weights: real in every part, fast, and right about nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from transformers import PreTrainedTokenizerBase

from extractor.atlop.config import AtlopConfig
from extractor.atlop.features import build_features
from extractor.atlop.model import Atlop
from extractor.atlop.scoring import score
from extractor.calibration.calibration import Calibrator
from extractor.calibration.evidence import EvidenceRule
from extractor.checkpoint import Checkpoint, TrainingRecord
from extractor.encoder.encoder import Encoder, blank_encoder, default_encoder
from extractor.mentions.tagger import MentionTagger
from extractor.relations import THRESHOLD_COLUMN, RelationVocabulary
from extractor.schema import ENTITY_TYPES, Mention
from extractor.text.pieces import load_tokenizer

RELATIONS = {
    "P17": "country",
    "P19": "place of birth",
    "P27": "country of citizenship",
    "P131": "located in the administrative territorial entity",
    "P69": "educated at",
    "P569": "date of birth",
}
WIDTH = 32
NO_MENTION = 4.5
"""Lead of 'no mention', so that some spans are mentions and most are not."""
ASSERTED_SHARE = 0.02
"""Of the possible statements about `TEXT`."""
TEXT = (
    "Ada Lovelace was born in London in 1815 and worked with Charles Babbage, who had studied at "
    "Trinity College in Cambridge. The Royal Society of the United Kingdom met them both in 1833."
)


def tiny_encoder(tokenizer: PreTrainedTokenizerBase, **changes: Any) -> Encoder:
    """Build a BERT encoder with random weights; seed torch first."""
    config = {
        "model_type": "bert",
        "vocab_size": len(tokenizer),
        "hidden_size": WIDTH,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": 512,
        "attention_probs_dropout_prob": 0.0,
    }
    return Encoder(blank_encoder({**config, **changes}))


def tiny_atlop(
    tokenizer: PreTrainedTokenizerBase, *, encoder: Encoder | None = None, **switches: Any
) -> Atlop:
    """Build an ATLOP whose attention is far from even and whose every parameter counts.

    What training starts at zero is random here, since a term of zeros would hide a wrong formula;
    what stays zero, the vectors of padding and of no type, is zero here too.
    """
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(7)
        encoder = encoder or tiny_encoder(tokenizer, initializer_range=0.3)
        shape = {"relations": 5, "extractor_width": WIDTH, "block": 8}
        atlop = Atlop(encoder, AtlopConfig(**{**shape, **switches}))
        for parameter in atlop.parameters():
            if not parameter.any():
                parameter.normal_(std=0.3)
        for module in atlop.modules():
            if isinstance(module, nn.Embedding) and module.padding_idx is not None:
                module.weight[module.padding_idx] = 0.0
    return atlop.eval()


def write_tiny_checkpoint(
    folder: Path,
    *,
    relations: Mapping[str, str] = RELATIONS,
    seed: int = 0,
    record: TrainingRecord | None = None,
) -> Path:
    """Save a checkpoint that finds a few mentions in any text and relates some of them.

    Two calls with one seed write the same weights, two seeds different ones.
    """
    tokenizer = load_tokenizer(default_encoder())
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        encoder, tagger = tiny_encoder(tokenizer), MentionTagger(tiny_encoder(tokenizer))
        embeddings = torch.randn(len(tokenizer), WIDTH)
        for each in (encoder, tagger.encoder):
            each.transformer.get_input_embeddings().weight.copy_(embeddings)  # type: ignore[operator]
        begin_end, inside = tagger.parts.weight.split(2 * len(ENTITY_TYPES))
        begin_end.normal_(std=0.3)
        inside.zero_()
        tagger.parts.bias[2 * len(ENTITY_TYPES) :] = -1.0  # each word counts against a span
        tagger.parts.bias[: len(ENTITY_TYPES)] -= NO_MENTION
        # Every mention is read at a '*': only its place can tell it from others without training.
        encoder.transformer.embeddings.position_embeddings.weight.normal_()  # type: ignore[operator, union-attr]
        atlop = Atlop(
            encoder, AtlopConfig(relations=len(relations) + 1, extractor_width=WIDTH, block=8)
        ).eval()
        atlop.bilinear.weight.normal_(std=0.1)
        atlop.bilinear.bias[THRESHOLD_COLUMN + 1 :] -= _margins_to_beat(atlop, tokenizer)
    Checkpoint(
        atlop=atlop,
        tagger=tagger,
        tokenizer=tokenizer,
        relations=RelationVocabulary(relations),
        calibrator=Calibrator(slope=1.0, offset=0.0),
        evidence=EvidenceRule(),
        record=record or TrainingRecord(),
    ).save_pretrained(folder)
    return folder


def _margins_to_beat(atlop: Atlop, tokenizer: PreTrainedTokenizerBase) -> Tensor:
    """Return for each relation the margin that only `ASSERTED_SHARE` of `TEXT`'s pairs exceed."""
    names = [
        [Mention(start=match.start(), end=match.end(), type="MISC")]
        for match in re.finditer(r"[A-Z]\w+|\d+", TEXT)
    ]
    features = build_features(
        TEXT, (), names, tokenizer=tokenizer, max_pieces=atlop.encoder.max_pieces
    )
    (scores,) = score(atlop, [features], pad_id=tokenizer.pad_token_id)[0]
    return torch.from_numpy(scores.margins).flatten(0, 1).quantile(1 - ASSERTED_SHARE, dim=0)
