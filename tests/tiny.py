"""A tiny checkpoint with random weights: real in every part, fast, and right about nothing."""

from __future__ import annotations

from pathlib import Path

import torch

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
    shape = {
        "model_type": "bert",
        "vocab_size": len(tokenizer),
        "hidden_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "max_position_embeddings": 512,
    }
    encoder, tagger = Encoder(blank_encoder(shape)), MentionTagger(Encoder(blank_encoder(shape)))
    tagger.encoder.load_state_dict(encoder.state_dict())
    relations = RelationVocabulary(RELATIONS)
    atlop = Atlop(encoder, AtlopConfig(relations=len(relations), extractor_width=32, block=8))
    with (
        torch.no_grad()
    ):  # towards 'no mention' and TH, or every word would be related to every word
        tagger.tag.bias[0] += 2.4
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
