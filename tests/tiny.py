"""A tiny checkpoint with random weights: real in every part, fast, and right about nothing."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from extractor.calibration import Calibrator
from extractor.checkpoint import TrainingRecord, save_checkpoint
from extractor.encoder import Encoder, blank_encoder, default_encoder, load_tokenizer
from extractor.mentions import MentionTagger
from extractor.model import Atlop, AtlopConfig
from extractor.relations import RelationVocabulary

RELATIONS = {"P17": "country", "P19": "place of birth", "P27": "country of citizenship"}


def save_tiny_checkpoint(
    folder: Path, *, seed: int = 0, record: TrainingRecord | None = None
) -> Path:
    """Save a checkpoint that finds a few mentions in any text and relates some of them."""
    torch.manual_seed(seed)
    tokenizer = load_tokenizer(default_encoder())
    encoder, tagger = Encoder(_transformer()), MentionTagger(Encoder(_transformer()))
    tagger.encoder.load_state_dict(encoder.state_dict())
    relations = RelationVocabulary(RELATIONS)
    atlop = Atlop(encoder, AtlopConfig(relations=len(relations), extractor_width=64, block=16))
    with (
        torch.no_grad()
    ):  # towards 'no mention' and TH, or every word would be related to every word
        tagger.tag.bias[0] += 2.0
        atlop.bilinear.bias[0] += 0.12
    save_checkpoint(
        folder,
        atlop=atlop,
        tagger=tagger,
        tokenizer=tokenizer,
        relations=relations,
        calibrator=Calibrator(),
        record=record or TrainingRecord(),
    )
    return folder


def save_tiny_encoder(folder: Path, *, seed: int = 0) -> Path:
    """Save an encoder to train from, as the hub has them."""
    torch.manual_seed(seed)
    _transformer().save_pretrained(folder)  # type: ignore[operator]
    load_tokenizer(default_encoder()).save_pretrained(folder)
    return folder


def _transformer() -> nn.Module:
    return blank_encoder(
        {
            "model_type": "bert",
            "vocab_size": 30522,
            "hidden_size": 64,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "intermediate_size": 64,
            "max_position_embeddings": 512,
        }
    )
