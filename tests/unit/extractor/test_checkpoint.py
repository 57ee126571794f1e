from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from transformers import PreTrainedTokenizerBase

from extractor.calibration.calibration import Calibrator
from extractor.calibration.evidence import EvidenceRule
from extractor.checkpoint import (
    EMBEDDINGS,
    Checkpoint,
)
from extractor.circumstances import CircumstanceWeights
from extractor.circumstances.features import FEATURES
from extractor.evaluation.gold import score_gold
from extractor.mentions.tagger import MentionTagger, collate_words, score_spans
from extractor.relations import RelationVocabulary, TypeConstraint
from extractor.signatures import TypeStatistics
from extractor.text.words import split_words
from tests.checkpoints import RELATIONS, tiny_atlop, tiny_encoder, write_tiny_checkpoint
from tests.unit.extractor.annotated import labelled
from tests.unit.extractor.copies import RECORD
from tests.unit.extractor.copies import copy as copy
from tests.unit.extractor.copies import stored as stored

pytestmark = pytest.mark.slow

RELATIONS_4 = RelationVocabulary(
    {"P1": "one", "P2": "two", "P3": "three", "P4": "four"},
    {
        "P2": TypeConstraint(head=frozenset({"PER", "ORG"})),
        "P3": TypeConstraint(tail=frozenset({"Gene"})),
    },
)


CALIBRATOR = Calibrator(
    slope=0.7, offset=-0.3, slopes=(0.5, 0.6, 1 / 3, 2.0), offsets=(0.0, -1e-9, 3.0, -0.1)
)


SIGNATURES = TypeStatistics(
    {"P19": {("PER", "LOC"): 3, ("PER", "ORG"): 1}, "P17": {("LOC", "LOC"): 2}}
)


CIRCUMSTANCES = CircumstanceWeights(
    weights={name: 1 / 3 + n for n, name in enumerate(FEATURES)}, offset=-2.5
)


DOCUMENT = labelled("[Ada|PER|0] of [Kent|LOC|1] met [Bert|PER|2]. [Ada|PER|0] left.", title="One")


SWITCHES: list[dict[str, Any]] = [
    {},
    {"markers": "off", "pooling": "mean", "context": "none", "classifier": "bilinear",
     "threshold": "zero"},
    {"markers": "dedicated", "pooling": "max", "entity_types": ("PER", "Gene"),
     "distances": True, "reverse": True, "block": 16},
]  # fmt: skip


def made(tokenizer: PreTrainedTokenizerBase, switches: dict[str, Any]) -> Checkpoint:
    """Return a checkpoint with nothing at its default."""
    atlop = tiny_atlop(tokenizer, **switches)
    atlop.assert_above((0.25, -1.0, 0.0, 3.0))
    return Checkpoint(
        atlop=atlop,
        tagger=MentionTagger(tiny_encoder(tokenizer)).eval(),
        tokenizer=tokenizer,
        relations=RELATIONS_4,
        calibrator=CALIBRATOR,
        evidence=EvidenceRule(threshold=0.125, cooccurrence=0.3),
        record=RECORD,
        signatures=SIGNATURES,
        circumstances=CIRCUMSTANCES,
        languages=("en", "de"),
    )


def margins(checkpoint: Checkpoint) -> NDArray[np.float32]:
    ((scores,),) = score_gold(
        checkpoint.atlop, checkpoint.tokenizer, [DOCUMENT], RelationVocabulary(RELATIONS_4.names)
    ).windows
    return scores.margins


@pytest.mark.parametrize("switches", SWITCHES)
def test_what_is_saved_is_loaded(
    tmp_path: Path, tokenizer: PreTrainedTokenizerBase, switches: dict[str, Any]
) -> None:
    saved = made(tokenizer, switches)
    saved.save_pretrained(tmp_path / "new" / "model")
    loaded = Checkpoint.from_pretrained(tmp_path / "new" / "model")
    assert loaded.atlop.config == saved.atlop.config
    assert loaded.relations == RELATIONS_4
    assert loaded.calibrator == CALIBRATOR
    assert loaded.evidence == EvidenceRule(threshold=0.125, cooccurrence=0.3)
    assert loaded.signatures == SIGNATURES
    assert loaded.circumstances == CIRCUMSTANCES
    assert loaded.record == RECORD
    assert loaded.languages == ("en", "de")
    assert loaded.record.relation_documents_seen == {"One", "Two", "Three"}
    assert loaded.tokenizer.get_vocab() == tokenizer.get_vocab()
    assert loaded.atlop.shift.tolist() == [0.0, 0.25, -1.0, 0.0, 3.0]
    assert not loaded.atlop.training
    assert not loaded.tagger.training
    # int8 moves each weight by at most 1/254 of its row's largest.
    before, after = margins(saved), margins(loaded)
    assert 0 < np.abs(before - after).max() < 0.05 * np.abs(before).max()
    words = split_words("Ada of Kent met Bert", tokenizer=tokenizer, max_pieces=512)
    batch = collate_words(words.windows, pad_id=0)
    spans, same_spans = (score_spans(each.tagger, batch) for each in (saved, loaded))
    assert (spans - same_spans).abs().max() < 0.05 * spans.abs().max()


@pytest.mark.parametrize("switches", SWITCHES)
def test_saving_what_was_loaded_changes_nothing(
    tmp_path: Path, tokenizer: PreTrainedTokenizerBase, switches: dict[str, Any]
) -> None:
    made(tokenizer, switches).save_pretrained(tmp_path / "one")
    loaded = Checkpoint.from_pretrained(tmp_path / "one")
    loaded.save_pretrained(tmp_path / "two")
    again = Checkpoint.from_pretrained(tmp_path / "two")
    weights = again.atlop.state_dict()
    for name, value in loaded.atlop.state_dict().items():
        assert torch.allclose(value, weights[name], rtol=1e-6, atol=1e-9), name
    for name in ("config.json", "training_record.json", "signatures.json"):
        assert (tmp_path / "one" / name).read_text() == (tmp_path / "two" / name).read_text()


def test_the_name_says_the_folder_and_the_weights(stored: Path, copy: Path) -> None:
    one, other = Checkpoint.from_pretrained(stored).name, Checkpoint.from_pretrained(copy).name
    assert one.startswith("tiny@")
    assert other == f"copy@{one.removeprefix('tiny@')}"


def test_shared_word_embeddings_are_stored_once_and_given_to_both(
    stored: Path, checkpoint: Checkpoint
) -> None:
    tensors = load_file(stored / "model.safetensors")
    assert f"relations.{EMBEDDINGS}" in tensors
    assert f"mentions.{EMBEDDINGS}" not in tensors
    ours, theirs = (
        part.encoder.state_dict()[EMBEDDINGS.removeprefix("encoder.")]
        for part in (checkpoint.atlop, checkpoint.tagger)
    )
    assert torch.equal(ours, theirs)


def test_a_folder_holds_nothing_pickled_and_no_path_of_the_machine(stored: Path) -> None:
    names = {path.name for path in stored.iterdir()}
    assert {Path(name).suffix for name in names} <= {".json", ".safetensors", ".txt", ".md"}
    for path in stored.glob("*.json"):
        assert "/home/" not in path.read_text(encoding="utf-8")
        assert str(Path.cwd()) not in path.read_text(encoding="utf-8")


def test_one_seed_gives_one_checkpoint(stored: Path, tmp_path: Path) -> None:
    same = write_tiny_checkpoint(tmp_path / "tiny", record=RECORD)
    other = write_tiny_checkpoint(tmp_path / "other" / "tiny", record=RECORD, seed=1)
    assert Checkpoint.from_pretrained(same).name == Checkpoint.from_pretrained(stored).name
    assert Checkpoint.from_pretrained(other).name != Checkpoint.from_pretrained(stored).name


def test_the_tiny_checkpoint_knows_its_relations(checkpoint: Checkpoint) -> None:
    assert checkpoint.relations.names == RELATIONS
